import { fail, failIfAny, issue } from '@mesobath/contracts'
import type { ComplexMatrix, Issue, Outcome, Planes, Problem, SpectralBath, Vector } from '@mesobath/contracts'

/** A problem reduced to what the Schrödinger equation needs: one system, one bath by levels. */
export interface MicroscopicModel {
  /** d. */
  readonly dimension: number
  readonly label: string
  readonly bath: SpectralBath
  /** Window centres E. */
  readonly centres: Vector
  /** Levels E_i of each window, in the bath's order. */
  readonly levels: readonly Float64Array[]
  /** Index of each level within its window [N]. */
  readonly place: Int32Array
  /** S^α. */
  readonly systemCouplings: readonly ComplexMatrix[]
  /** ⟨B^α⟩_E. */
  readonly means: readonly Vector[]
  /** Whether H is real. */
  readonly real: boolean
}

/** Whether a matrix has no imaginary part. */
const isReal = (matrix: ComplexMatrix): boolean => matrix.im === null || matrix.im.every((value) => value === 0)

/** Collects the model, or every reason why there is none. */
export const microscopicModel = (problem: Problem): Outcome<MicroscopicModel> => {
  const issues: Issue[] = []
  const attachment = problem.baths[0]
  if (problem.baths.length !== 1 || attachment === undefined) {
    issues.push(issue('integrator-exact/one-bath', ['baths'],
      `\`baths\` must have one entry for exact evolution, but has ${problem.baths.length}`))
  }
  for (const [at, { bath, label }] of problem.baths.entries()) {
    if (bath.can.microscopic === undefined) {
      issues.push(issue('integrator-exact/missing-capability', ['baths', at, 'bath'],
        `\`baths[${at}].bath\` must be able to give its levels ("microscopic") for exact evolution, but "${label}" (${bath.name}) cannot`))
    }
  }
  if (issues.length > 0 || attachment === undefined) return failIfAny(issues, (): never => { throw new Error('unreachable') })
  const realised = attachment.bath.can.microscopic!()
  if (realised._tag === 'Left') return realised
  const bath = realised.right
  if (bath.kind !== 'spectral') {
    return fail(issue('integrator-exact/local-bath', ['baths', 0, 'bath'],
      '`baths[0].bath` must give its levels E_i and coupling blocks in the energy eigenbasis (kind "spectral") for exact evolution, ' +
      `but gives local terms (kind "${bath.kind}"), which have not been diagonalised`))
  }
  const { windows, meanCouplings } = attachment.bath
  const count = windows.energies.length
  const sizes = new Int32Array(count)
  const place = new Int32Array(bath.levels.length)
  for (let i = 0; i < bath.levels.length; i++) {
    const window = bath.window[i]!
    place[i] = sizes[window]!
    sizes[window] = sizes[window]! + 1
  }
  const levels = Array.from(sizes, (size) => new Float64Array(size))
  for (let i = 0; i < bath.levels.length; i++) levels[bath.window[i]!]![place[i]!] = bath.levels[i]!
  return {
    _tag: 'Right',
    right: {
      dimension: problem.energies.length,
      label: attachment.label,
      bath,
      centres: windows.energies,
      levels,
      place,
      systemCouplings: attachment.systemCouplings,
      means: meanCouplings,
      real: bath.real && attachment.systemCouplings.every(isReal),
    },
  }
}

/** Mean of |B^α_ij|² over the block of two windows; 0 where there is no block. */
export type BlockStrength = (coupling: number, to: number, from: number) => number

/** Remembers, so that each block is looked at once. */
const remember = (model: MicroscopicModel, look: BlockStrength): BlockStrength => {
  const count = model.levels.length
  const known = model.systemCouplings.map(() => new Float64Array(count * count).fill(NaN))
  return (coupling, to, from) => {
    const at = to * count + from
    let value = known[coupling]![at]!
    if (Number.isNaN(value)) {
      value = look(coupling, to, from)
      known[coupling]![at] = value
    }
    return value
  }
}

/** Block strengths from the blocks themselves, one at a time in the same room. */
export const strengthsOfBlocks = (model: MicroscopicModel): BlockStrength => {
  let room: Planes = { re: new Float64Array(0), im: null }
  return remember(model, (coupling, to, from) => {
    const size = model.levels[to]!.length * model.levels[from]!.length
    if (room.re.length < size) room = { re: new Float64Array(size), im: model.bath.real ? null : new Float64Array(size) }
    const out = { re: room.re.subarray(0, size), im: room.im === null ? null : room.im.subarray(0, size) }
    if (!model.bath.block(coupling, to, from, out)) return 0
    let sum = 0
    for (let i = 0; i < size; i++) sum += out.re[i]! * out.re[i]!
    if (out.im !== null) for (let i = 0; i < size; i++) sum += out.im[i]! * out.im[i]!
    // A block that is there counts as coupled even where all its entries happen to vanish.
    return Math.max(sum / size, Number.MIN_VALUE)
  })
}

/** Block strengths from the ensemble a bath was drawn from: no block is drawn. */
export const strengthsOfEnsemble = (
  model: MicroscopicModel, secondMoment: (to: number, from: number, out: Planes) => number, exp: (x: number) => number,
): BlockStrength => {
  const n = model.systemCouplings.length
  const out = { re: new Float64Array(n * n), im: new Float64Array(n * n) }
  return remember(model, (coupling, to, from) => {
    out.re.fill(0)
    const logScale = secondMoment(to, from, out)
    return out.re[coupling * n + coupling]! * exp(logScale)
  })
}
