/** A path into the caller's data as a person writes it: `baths[0].systemCouplings[1]`. */
export const nameOf = (path: readonly (string | number)[]): string => {
  let name = ''
  for (const part of path) name += typeof part === 'number' ? `[${part}]` : name === '' ? part : `.${part}`
  return name
}
