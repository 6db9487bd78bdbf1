import { failIfAny, issue } from '@mesobath/contracts'
import type { Attachment, ComplexMatrix, Issue, Outcome, Problem, SpectralBath, Vector } from '@mesobath/contracts'

/** One bath by its levels, with how the system is tied to it. */
export interface BathModelByLevels {
  readonly label: string
  readonly bath: SpectralBath
  /** Whether it was drawn from an ensemble. */
  readonly drawn: boolean
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
}

/**
 * A problem reduced to what the Schrödinger equation needs: one system, n ≥ 1 baths by levels. Joint windows (E₁ … Eₙ) are counted
 * with the last bath fastest; joint levels within one, (i₁ … iₙ), too.
 */
export interface MicroscopicModel {
  /** d. */
  readonly dimension: number
  readonly baths: readonly BathModelByLevels[]
  /** Number of joint windows. */
  readonly windows: number
  /** What one step of a bath's window adds to the index of a joint window [baths]. */
  readonly strides: Int32Array
  /** Joint levels of each joint window. */
  readonly volumes: Float64Array
  /** Whether H is real. */
  readonly real: boolean
}

/** The window of one bath within a joint window. */
export const windowOf = (model: MicroscopicModel, joint: number, bath: number): number =>
  Math.floor(joint / model.strides[bath]!) % model.baths[bath]!.levels.length

/** Joint levels of the baths [first, end) within a joint window. */
export const volumeOf = (model: MicroscopicModel, joint: number, first: number, end: number): number => {
  let volume = 1
  for (let bath = first; bath < end; bath++) volume *= model.baths[bath]!.levels[windowOf(model, joint, bath)]!.length
  return volume
}

/** f(E_i) of one bath at every joint level of a joint window. */
export const spreadLevels = (model: MicroscopicModel, joint: number, bath: number, f: (level: number) => number): Float64Array => {
  const levels = model.baths[bath]!.levels[windowOf(model, joint, bath)]!
  const inner = volumeOf(model, joint, bath + 1, model.baths.length)
  const out = new Float64Array(model.volumes[joint]!)
  for (let row = 0; row < out.length; row++) out[row] = f(levels[Math.floor(row / inner) % levels.length]!)
  return out
}

/** Σ_ν E_{i_ν} at every joint level of a joint window. */
export const jointLevels = (model: MicroscopicModel, joint: number): Float64Array => {
  const sum = spreadLevels(model, joint, 0, (level) => level)
  for (let bath = 1; bath < model.baths.length; bath++) {
    const more = spreadLevels(model, joint, bath, (level) => level)
    for (let row = 0; row < sum.length; row++) sum[row] = sum[row]! + more[row]!
  }
  return sum
}

/** Whether a matrix has no imaginary part. */
const isReal = (matrix: ComplexMatrix): boolean => matrix.im === null || matrix.im.every((value) => value === 0)

/** Half-open windows, with what their edges are rounded by; a share of the width. */
const EDGE = 2e-9

/** A bath whose levels are not where it says: it would be another bath than the master equations see. */
const levelIssue = (at: number, { bath: { name, package: home, version, windows }, label }: Attachment, { levels, window }: SpectralBath): Issue | null => {
  const refuse = (must: string, but: string): Issue => issue('integrator-exact/levels', ['baths', at, 'bath'],
    `\`baths[${at}].bath\` must ${must}, but "${name}" of ${home} ${version} (${label}) ${but}`)
  if (window.length !== levels.length) return refuse('name the window of each of its levels', `names ${window.length} for ${levels.length}`)
  for (let i = 0; i < levels.length; i++) {
    const centre = windows.energies[window[i]!] ?? NaN
    if (!(Math.abs(levels[i]! - centre) <= windows.width * (0.5 + EDGE))) {
      return refuse('have every level in the window it names', `has level ${i} (E = ${levels[i]}) in window ${window[i]} (centre ${centre})`)
    }
  }
  return null
}

const byLevels = ({ label, bath: { windows, meanCouplings, can }, systemCouplings }: Attachment, bath: SpectralBath): BathModelByLevels => {
  const sizes = new Int32Array(windows.energies.length)
  const place = new Int32Array(bath.levels.length)
  for (let i = 0; i < bath.levels.length; i++) {
    const window = bath.window[i]!
    place[i] = sizes[window]!
    sizes[window] = sizes[window]! + 1
  }
  const levels = Array.from(sizes, (size) => new Float64Array(size))
  for (let i = 0; i < bath.levels.length; i++) levels[bath.window[i]!]![place[i]!] = bath.levels[i]!
  return { label, bath, drawn: can.ensemble !== undefined, centres: windows.energies, levels, place, systemCouplings, means: meanCouplings }
}

/** More joint windows than this are no microscopic problem: each holds a level at least, for each level of the system. */
const MOST_WINDOWS = 4_194_304

const modelOf = (dimension: number, baths: readonly BathModelByLevels[]): Outcome<MicroscopicModel> => {
  const strides = new Int32Array(baths.length)
  let windows = 1
  for (let at = baths.length - 1; at >= 0; at--) {
    strides[at] = windows
    windows *= baths[at]!.levels.length
    if (windows > MOST_WINDOWS) {
      return failIfAny([issue('integrator-exact/memory', ['baths'],
        `\`baths\` must have at most ${MOST_WINDOWS} joint windows for exact evolution, but have more`)], (): never => { throw new Error('unreachable') })
    }
  }
  const model = {
    dimension, baths, windows, strides,
    volumes: new Float64Array(windows),
    real: baths.every(({ bath, systemCouplings }) => bath.real && systemCouplings.every(isReal)),
  }
  for (let joint = 0; joint < windows; joint++) model.volumes[joint] = volumeOf(model, joint, 0, baths.length)
  return { _tag: 'Right', right: model }
}

/** Collects the model, or every reason why there is none. */
export const microscopicModel = (problem: Problem): Outcome<MicroscopicModel> => {
  const issues: Issue[] = []
  const baths: BathModelByLevels[] = []
  if (problem.baths.length === 0) {
    issues.push(issue('integrator-exact/no-bath', ['baths'], '`baths` must have at least one entry for exact evolution, but has none'))
  }
  for (const [at, attachment] of problem.baths.entries()) {
    const { bath, label } = attachment
    if (bath.can.microscopic === undefined) {
      issues.push(issue('integrator-exact/missing-capability', ['baths', at, 'bath'],
        `\`baths[${at}].bath\` must be able to give its levels ("microscopic") for exact evolution, but "${label}" (${bath.name}) cannot`))
      continue
    }
    const realised = bath.can.microscopic()
    if (realised._tag === 'Left') issues.push(...realised.left)
    else if (realised.right.kind !== 'spectral') {
      issues.push(issue('integrator-exact/local-bath', ['baths', at, 'bath'],
        `\`baths[${at}].bath\` must give its levels E_i and coupling blocks in the energy eigenbasis (kind "spectral") where another bath is not given by local terms, ` +
        `but "${label}" gives kind "${realised.right.kind}"; diagonaliseBath makes levels of a small one`))
    } else {
      const lie = levelIssue(at, attachment, realised.right)
      if (lie === null) baths.push(byLevels(attachment, realised.right))
      else issues.push(lie)
    }
  }
  if (issues.length > 0) return failIfAny(issues, (): never => { throw new Error('unreachable') })
  return modelOf(problem.energies.length, baths)
}
