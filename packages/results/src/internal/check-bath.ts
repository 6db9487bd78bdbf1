import { failIfAny, issue } from '@mesobath/contracts'
import type { ComplexMatrix, Issue, Outcome, StoredBath } from '@mesobath/contracts'

/** Arrays with their shapes, as a file holds them. */
export interface StoredArray {
  readonly shape: readonly number[]
  readonly re: Float64Array
  readonly im: Float64Array | null
}

const firstUnreal = (values: Float64Array): number => values.findIndex((value) => !Number.isFinite(value))

/** One operator [N, N], or several [m, N, N]. */
const split = (name: string, { shape, re, im }: StoredArray, count: number, issues: Issue[]): readonly ComplexMatrix[] => {
  const rows = shape.at(-2)
  const columns = shape.at(-1)
  if (shape.length < 2 || shape.length > 3 || rows !== count || columns !== count) {
    issues.push(issue('results/bath-shape', [name], `\`${name}\` must have shape [${count}, ${count}] like \`energies\`, but has [${shape.join(', ')}]`))
    return []
  }
  const bad = Math.max(firstUnreal(re), im === null ? -1 : firstUnreal(im))
  if (bad >= 0) {
    const at = bad % (count * count)
    issues.push(issue('results/bath-not-finite', [name], `\`${name}\` must hold finite numbers, but entry (${Math.floor(at / count)}, ${at % count}) is not`))
    return []
  }
  const size = count * count
  return Array.from({ length: shape.length === 3 ? shape[0] ?? 0 : 1 }, (_, index) => ({
    rows: count, columns: count, re: re.subarray(index * size, (index + 1) * size), im: im === null ? null : im.subarray(index * size, (index + 1) * size),
  }))
}

/**
 * Named arrays of a file → a bath: `energies` [N]; `coupling` [N, N] or [m, N, N], or `coupling_0`, `coupling_1`, …; each complex,
 * or real, or as two arrays `…_re` and `…_im`.
 *
 * Issues: `results/bath-missing`, `results/bath-shape`, `results/bath-not-finite`.
 */
export const toStoredBath = (get: (name: string) => StoredArray | null): Outcome<StoredBath> => {
  const issues: Issue[] = []
  const energies = get('energies')
  if (energies === null) issues.push(issue('results/bath-missing', ['energies'], 'the file must hold `energies` [N], but does not'))
  else if (energies.shape.length !== 1 || energies.re.length === 0 || energies.im !== null) {
    issues.push(issue('results/bath-shape', ['energies'], `\`energies\` must be a list of real numbers [N], but has shape [${energies.shape.join(', ')}]${energies.im === null ? '' : ' and is complex'}`))
  } else {
    const bad = firstUnreal(energies.re)
    if (bad >= 0) issues.push(issue('results/bath-not-finite', ['energies', bad], `\`energies[${bad}]\` must be a finite number, but is ${energies.re[bad]}`))
  }
  const count = energies?.re.length ?? 0
  const operator = (name: string): { readonly name: string; readonly array: StoredArray } | null => {
    const whole = get(name)
    if (whole !== null) return { name, array: whole }
    const re = get(`${name}_re`)
    if (re === null) return null
    const im = get(`${name}_im`)
    if (im !== null && im.re.length !== re.re.length) {
      issues.push(issue('results/bath-shape', [`${name}_im`], `\`${name}_im\` must have shape [${re.shape.join(', ')}] like \`${name}_re\`, but has [${im.shape.join(', ')}]`))
      return { name: `${name}_re`, array: { ...re, im: null } }
    }
    const zero = im === null || im.re.every((value) => value === 0)
    return { name: `${name}_re`, array: { ...re, im: zero ? null : im.re } }
  }
  const found: { readonly name: string; readonly array: StoredArray }[] = []
  const single = operator('coupling')
  if (single !== null) found.push(single)
  for (let index = 0; single === null; index++) {
    const next = operator(`coupling_${index}`)
    if (next === null) break
    found.push(next)
  }
  if (found.length === 0) issues.push(issue('results/bath-missing', ['coupling'], 'the file must hold `coupling` [N, N], or `coupling_0`, `coupling_1`, …, but does not'))
  const couplings = energies === null ? [] : found.flatMap(({ name, array }) => split(name, array, count, issues))
  return failIfAny(issues, () => ({ levels: (energies as StoredArray).re, couplings }))
}
