import type { BathModel, Json, LocalBath, LocalTerm, Outcome, Vector, WindowFilter, Windows } from '@mesobath/contracts'
import { failIfAny, succeed } from '@mesobath/contracts'
import { compileLocalTerms, localSpectralBounds, localWorkspace, log, windowFilterTerms } from '@mesobath/kernels'
import type { LocalOperator } from '@mesobath/kernels'
import { checkTerms } from './internal/check-terms.js'
import { checkCentres, checkWidth } from './internal/check-windows.js'
import type { Faults } from './internal/faults.js'
import { collectFaults, show } from './internal/faults.js'
import { filteredCouplings } from './internal/filtered-couplings.js'
import { traceMoments, traceVectors, windowTraces } from './internal/filtered-windows.js'
import { bathIdentity } from './internal/identity.js'

/** How the windows of a bath of local terms are made; shared by {@link localTermsBath} and {@link spinChainBath}. */
export interface LocalWindowOptions {
  /** δ. */
  readonly windowWidth: number
  /** The centre of one window, from which all others follow; 0 unless told. Not used where `windows` is given. */
  readonly origin?: number
  /** Centres E, ascending and at least δ apart; together they must hold the whole spectrum. */
  readonly windows?: ArrayLike<number>
  /** σ/δ of the Gaussian that softens the edges of a filtered window; 0.05 unless told, at most 0.2. */
  readonly edge?: number
  /** The most Chebyshev polynomials the filter may take; 20 000 unless told. */
  readonly order?: number
  /** Random vectors of the stochastic traces; 4 unless told. */
  readonly vectors?: number
  /** A non-negative integer that fixes the random vectors; 0 unless told. */
  readonly seed?: number
  /** Bytes that vectors may take; 2 GiB unless told. */
  readonly memory?: number
  readonly name?: string
  /** The JSON that makes this bath again through the caller's catalogue; null unless told. */
  readonly recipe?: Json
}

/** Options of {@link localTermsBath}. */
export interface LocalTermsBathOptions extends LocalWindowOptions {
  readonly sites: number
  /** Levels of one site; 2 unless told. */
  readonly localDimension?: number
  /** H_B as a sum. */
  readonly terms: readonly LocalTerm[]
  /** B^α, each as a sum. */
  readonly couplings: readonly (readonly LocalTerm[])[]
}

/** How far the windows of a filtered bath can be trusted. */
export interface WindowReport {
  readonly filter: WindowFilter
  readonly vectors: number
  /** V_E = tr f_E per window. */
  readonly volumes: Vector
  /** Standard error of each volume, from above: √(tr f_E²/vectors). */
  readonly volumeErrors: Vector
  /** tr f_E(1 − f_E)/tr f_E. At most twice this share of V_E separates tr f_E from the number of levels in the window. */
  readonly leakedWeights: Vector
}

/** A bath of local terms, and how far its windows can be trusted. */
export interface LocalTermsBath extends BathModel {
  readonly report: WindowReport
}

const EDGE = 0.05
const MOST_EDGE = 0.2
const MOST_ORDER = 20_000
const VECTORS = 4
const MEMORY = 2_147_483_648
/** Places in a vector are 32-bit integers. */
const MOST_STATES = 536_870_912
/** A window that holds fewer levels than this is taken to hold none. */
const LEAST_VOLUME = 0.5

const checkCount = (value: unknown, least: number, field: keyof LocalTermsBathOptions, faults: Faults): void => {
  if (!Number.isSafeInteger(value) || (value as number) < least) {
    faults.add(field === 'localDimension' ? 'local-dimension' : field, [field], least === 0 ? 'be a non-negative integer' : `be an integer of at least ${least}`, `is ${show(value)}`)
  }
}

const checkOptions = (options: LocalTermsBathOptions, faults: Faults): void => {
  const { sites, localDimension = 2, windows, edge = EDGE, origin = 0 } = options
  checkWidth(options.windowWidth, faults)
  if (!Number.isFinite(origin)) faults.add('origin', ['origin'], 'be a finite number', `is ${show(origin)}`)
  if (windows !== undefined) {
    if (windows.length === 0) faults.add('no-windows', ['windows'], 'hold at least one centre', 'is empty')
    checkCentres(windows, options.windowWidth, faults, (index) => ['windows', index])
  }
  if (typeof edge !== 'number' || !(edge > 0) || edge > MOST_EDGE) {
    faults.add('filter-edge', ['edge'], `be a positive number up to ${MOST_EDGE}, or windows overlap by more than they keep`, `is ${show(edge)}`)
  }
  checkCount(options.order ?? MOST_ORDER, 2, 'order', faults)
  checkCount(options.vectors ?? VECTORS, 1, 'vectors', faults)
  checkCount(options.seed ?? 0, 0, 'seed', faults)
  if (!(options.memory === undefined || options.memory > 0)) faults.add('memory', ['memory'], 'be a positive number of bytes', `is ${show(options.memory)}`)
  checkCount(sites, 1, 'sites', faults)
  checkCount(localDimension, 2, 'localDimension', faults)
}

const formatBytes = (bytes: number): string => `${(bytes / 1_073_741_824).toPrecision(3)} GiB`

const checkSize = ({ sites, localDimension = 2, couplings, memory = MEMORY }: LocalTermsBathOptions, faults: Faults): void => {
  let states = 1
  for (let site = 0; site < sites && states <= MOST_STATES; site += 1) states *= localDimension
  const planes = 2 * traceVectors(couplings.length) + 1 + couplings.length
  const bytes = 8 * planes * states
  if (states > MOST_STATES) {
    faults.add('too-large', ['sites'], `give at most ${MOST_STATES} states to be held as vectors`, `gives more: ${localDimension}^${sites}`)
  } else if (bytes > memory) {
    faults.add('too-large', ['sites'], `be so few that vectors fit into \`memory\`, ${formatBytes(memory)}`, `${states} states would take ${formatBytes(bytes)}`)
  }
}

/** Centres origin + m δ of the windows that touch [lower, upper]. */
const gridOver = (lower: number, upper: number, origin: number, width: number): Float64Array => {
  const first = Math.floor((lower - origin) / width + 0.5)
  const last = Math.floor((upper - origin) / width + 0.5)
  return Float64Array.from({ length: last - first + 1 }, (_, index) => origin + (first + index) * width)
}

const pick = (values: Vector, kept: readonly number[]): Float64Array => Float64Array.from(kept, (index) => values[index]!)

/** Windows of a chain that is not diagonalised. */
const filterBath = (options: LocalTermsBathOptions, operators: readonly LocalOperator[], bath: LocalBath): Outcome<LocalTermsBath> => {
  const faults = collectFaults()
  const { windowWidth: width, edge = EDGE, order = MOST_ORDER, vectors = VECTORS, seed = 0, memory = MEMORY } = options
  const couplings = operators.length - 1
  const { length } = operators[0]!
  const workspace = localWorkspace(length, operators, traceVectors(couplings))
  const bounds = localSpectralBounds(workspace, 0, [0, 1, 2])
  const centres = options.windows === undefined
    ? gridOver(bounds.lower, bounds.upper, options.origin ?? 0, width) : Float64Array.from(options.windows)
  const radius = 0.5 * (bounds.upper - bounds.lower)
  const terms = windowFilterTerms(edge * width, radius)
  if (terms > order) {
    faults.add('filter-order', ['order'],
      `be at least ${terms} for edges of ${edge} × ${width} in a spectrum from ${bounds.lower.toPrecision(4)} to ${bounds.upper.toPrecision(4)}, or windows or \`edge\` be wider`,
      `is ${order}`)
    return failIfAny(faults.issues, (): never => { throw new Error('unreachable') })
  }
  const filter: WindowFilter = { ...bounds, edge: edge * width, terms }
  const moments = traceMoments(workspace, couplings, filter, vectors, seed)
  const traces = windowTraces(centres, width, filter, moments, vectors)
  const kept = Array.from(centres.keys()).filter((index) => traces.volumes[index]! >= LEAST_VOLUME)
  if (options.windows !== undefined) {
    centres.forEach((centre, index) => {
      if (traces.volumes[index]! >= LEAST_VOLUME) return
      faults.add('window-empty', ['windows', index], 'hold levels',
        `around ${centre} the filter finds ${Math.max(0, traces.volumes[index]!).toPrecision(2)}, in a spectrum from ${bounds.lower.toPrecision(4)} to ${bounds.upper.toPrecision(4)}`)
    })
    const outside = length - traces.volumes.reduce((sum, volume) => sum + volume, 0)
    if (outside >= LEAST_VOLUME) faults.add('level-outside', ['windows'], 'hold the whole spectrum', `about ${outside.toPrecision(3)} of ${length} levels lie outside`)
  }
  return failIfAny(faults.issues, () => {
    const volumes = pick(traces.volumes, kept)
    const windows: Windows = { energies: pick(centres, kept), width, logVolumes: volumes.map((volume) => log(volume)) }
    const meanCouplings = traces.couplings.map((sums) => Float64Array.from(kept, (index, at) => sums[index]! / volumes[at]!))
    let sums: ReturnType<typeof filteredCouplings> | null = null
    return {
      ...bathIdentity(options.name ?? 'local-terms', options.recipe ?? null),
      windows,
      couplings,
      meanCouplings,
      can: {
        microscopic: () => succeed({ ...bath, filter }),
        couplingSums: () => {
          sums ??= filteredCouplings({ windows, filter, operators, means: meanCouplings, vectors, seed, memory })
          return succeed(sums)
        },
      },
      report: { filter, vectors, volumes, volumeErrors: pick(traces.errors, kept), leakedWeights: pick(traces.leaked, kept) },
    }
  })
}

/**
 * A bath given as a sum of local terms, H_B = Σ_t h_t with each h_t on a few sites: no matrix of the whole exists, only vectors.
 *
 * Windows [E − δ/2, E + δ/2) come from a Chebyshev filter f_E(H_B) whose edges are softened with a Gaussian of width σ = `edge`·δ, and V_E = tr f_E,
 * ⟨B^α⟩_E = tr(B^α f_E)/V_E from traces over random-phase vectors; `report` tells their standard errors and the weight that leaks over edges. The bath gives
 * `microscopic` of kind 'local', for exact evolution, and `couplingSums`, for heuristic rates; a small one gives its
 * levels by {@link diagonaliseBath}.
 *
 * Costs `vectors` × (order ≈ 5.3 R/σ) products with H_B while it is made, R half the width of the spectrum, and twice as many when `couplingSums` is
 * first asked for. `meanCouplings` and windows have the same bits on every engine.
 *
 * Issues, all at once: `baths/sites`, `baths/local-dimension`, `baths/terms`, `baths/term-sites`, `baths/term-shape`, `baths/term-value`, `baths/term-not-hermitian`,
 * `baths/couplings`, `baths/window-width`, `baths/origin`, `baths/no-windows`, `baths/window-…`, `baths/filter-edge`, `baths/order`,
 * `baths/vectors`, `baths/seed`, `baths/memory`, `baths/too-large`; then `baths/filter-order`, `baths/window-empty`, `baths/level-outside`.
 */
export const localTermsBath = (options: LocalTermsBathOptions): Outcome<LocalTermsBath> => {
  const faults = collectFaults()
  checkOptions(options, faults)
  const { sites, localDimension = 2, terms, couplings } = options
  if (faults.issues.every(({ code }) => code !== 'baths/sites' && code !== 'baths/local-dimension')) {
    checkTerms(terms, sites, localDimension, ['terms'], faults)
    if (!Array.isArray(couplings) || couplings.length === 0) faults.add('couplings', ['couplings'], 'hold at least one coupling operator', `is ${show(couplings)}`)
    else {
      couplings.forEach((coupling, index) => checkTerms(coupling, sites, localDimension, ['couplings', index], faults))
      checkSize(options, faults)
    }
  }
  if (faults.issues.length > 0) return failIfAny(faults.issues, (): never => { throw new Error('unreachable') })
  const siteDimensions = new Array<number>(sites).fill(localDimension)
  const operators = [terms, ...couplings].map((each) => compileLocalTerms(siteDimensions, each))
  return filterBath(options, operators, { kind: 'local', siteDimensions, hamiltonian: terms, couplings })
}
