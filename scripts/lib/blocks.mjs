// The fenced blocks of a Markdown page.
const FENCE = /^(\s*)(`{3,}|~{3,})\s*(\S*)\s*(\S*)/
/** `<!-- not run: reason -->` above a block. */
const NOT_RUN = /^<!-- not run:\s*(.*?)\s*-->$/
/** The first line of a block that is a file: `# name.yaml` or `// folder/name.js`. */
const NAMED = /^(?:#|\/\/) ([\w./-]+\.\w+)\r?\n/

/**
 * Every fenced block: its language, the file it is ('' for none; JSON has no comments, so there the name stands behind the language), its
 * code, the line of the page on which the code begins, and the reason why it is not run, or null.
 */
export const blocksOf = (text) => {
  const lines = text.split('\n')
  const blocks = []
  for (let i = 0; i < lines.length; i += 1) {
    const [, indent, fence, language, name] = FENCE.exec(lines[i]) ?? []
    if (fence === undefined) continue
    const above = lines.slice(0, i).findLast((line) => line.trim() !== '') ?? ''
    const begin = i + 1
    for (i = begin; i < lines.length && lines[i].trim() !== fence; i += 1);
    const code = lines.slice(begin, i).map((line) => `${line.slice(indent.length)}\n`).join('')
    blocks.push({ language, file: name || NAMED.exec(code)?.[1] || '', code, line: begin + 1, reason: NOT_RUN.exec(above.trim())?.[1] ?? null })
  }
  return blocks
}

/** Blocks put together as one program, each line where it stands on the page. */
export const programOf = (blocks) => {
  let program = ''
  let line = 1
  for (const block of blocks) {
    program += '\n'.repeat(block.line - line) + block.code
    line = block.line + block.code.split('\n').length - 1
  }
  return program
}
