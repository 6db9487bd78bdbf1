// A plug-in of typedoc: the numbers of a symbol's `@equation` tags stand in one paragraph instead of one heading each.
import { Application, CommentTag, ReflectionKind } from 'typedoc'

const TAG = '@equation'

const fold = (comment) => {
  const tags = comment?.blockTags.filter(({ tag }) => tag === TAG) ?? []
  if (tags.length === 0) return
  const numbers = tags.map(({ content }) => content.map(({ text }) => text).join('').trim())
  const merged = new CommentTag(TAG, [{ kind: 'text', text: `${numbers.join(', ')} of the [paper](https://doi.org/10.1103/PRXQuantum.2.010340)` }])
  comment.blockTags = [...comment.blockTags.filter(({ tag }) => tag !== TAG), merged]
}

// Packages are converted one by one and merged: the merged project is the only one a plug-in sees.
export const load = (app) => {
  app.on(Application.EVENT_PROJECT_REVIVE, (project) => {
    for (const reflection of project.getReflectionsByKind(ReflectionKind.All)) fold(reflection.comment)
  })
}
