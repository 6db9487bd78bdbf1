import { existsSync } from 'node:fs'
import { dirname, join, relative, isAbsolute, sep } from 'node:path'

/** What the root of a project holds. */
const MARKS = ['package.json', '.git']

/** The project that a folder belongs to: the nearest one upwards that holds a package.json or a .git, else the folder itself. */
export const projectOf = (folder: string): string => {
  for (let at = folder; ; at = dirname(at)) {
    if (MARKS.some((mark) => existsSync(join(at, mark)))) return at
    if (at === dirname(at)) return folder
  }
}

/** Whether a path lies in a folder, by name: a link inside the project was put there by its owner and may lead anywhere. */
export const liesIn = (folder: string, path: string): boolean => {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
