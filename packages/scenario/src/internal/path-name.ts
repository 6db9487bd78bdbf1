export type Path = readonly (string | number)[]

/** A path as a person writes it: `bath.windows[2].volume`. */
export const pathName = (path: Path): string => {
  let name = ''
  for (const part of path) name += typeof part === 'number' ? `[${part}]` : name === '' ? part : `.${part}`
  return name === '' ? 'the scenario' : name
}

/** Whether `path` lies at or below `ancestor`. */
export const isBelow = (path: Path, ancestor: Path): boolean =>
  path.length >= ancestor.length && ancestor.every((part, index) => path[index] === part)
