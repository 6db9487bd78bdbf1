import { constantDrive } from '@mesobath/contracts'
import type { Estimate, Problem, Vector } from '@mesobath/contracts'
import { SMOOTH_STATES } from './adams-propagator.js'
import { batchWidth, makeBatches } from './batches.js'
import type { Batch } from './batches.js'
import type { Rectangle, Term } from './coupling-terms.js'
import { couplingTerms, elementsOf, matrixKey } from './coupling-terms.js'
import { evenCurves, fillsNodes } from './even-curves.js'
import { gramBytes } from './gram.js'
import { eigenWork, settingKey, setupWork } from './eigen-plan.js'
import type { EigenWork } from './eigen-plan.js'
import { storedRectangles } from './matrices.js'
import type { InitialColumns } from './initial-columns.js'
import { initialNodes } from './initial-columns.js'
import type { BlockStrength } from './block-strength.js'
import type { MicroscopicModel } from './microscopic-model.js'
import { jointLevels, windowOf } from './microscopic-model.js'
import { MOST_TERMS, planRoute } from './plan.js'
import type { Sampling } from './random-columns.js'
import { fitsSingle, singleBytes } from './single-shop.js'
import { isPaired, survivalWay, survivalWork } from './survival-plan.js'
import type { SurvivalWay, SurvivalWork } from './survival-plan.js'
import type { Route, Work } from './plan.js'
import type { Component, Structure } from './structure.js'
import { couples, reachableStructure } from './structure.js'

/** λ_ν at the start. */
export const strengthsOf = (problem: Problem): Float64Array => Float64Array.from(problem.baths, ({ strength }) => strength)

/** Everything about a run that follows from which blocks exist, before any is stored. */
export interface Sizing {
  readonly structure: Structure
  readonly batches: readonly Batch[]
  readonly terms: readonly (readonly Term[])[]
  /** Rectangles with matrices of their own. */
  readonly rectangles: ReadonlyMap<string, Rectangle>
  readonly pairs: readonly (readonly [window: number, k: number, q: number])[]
  /** Whether one node of every component says what its populations and energies are. */
  readonly paired: boolean
  readonly work: Work
  /** Whether random vectors are moved to single precision between the times at which the state itself is wanted. */
  readonly single: boolean
  /** Random vectors, read apart; 1 where the whole mixture is moved. */
  readonly vectors: number
  /** Components whose populations are even in time over a run without stops, where random vectors gain by it. */
  readonly even: readonly boolean[]
  /** The same in the eigenbasis of H; null where it does not fit into the workspace. */
  readonly eigen: EigenWork | null
  /** The same by survival amplitudes, for the start alone; null where it is no mixture of evenly filled nodes, two to a component at most. */
  readonly survival: SurvivalWork | null
  /** Half-width of the spectrum, guessed without a product. */
  readonly radiusOf: (energies: Vector, strengths: Vector) => number
}

/** Segments planned one by one for an estimate; more are taken to be like these. */
const PLANNED_SEGMENTS = 1000
/** Random start vectors kept by the search for spectral bounds. */
const LANCZOS_VECTORS = 61
/** Blocks that the start is read from: Ψ and HΨ. */
const START_BLOCKS = 2
/** Packing buffers of the products. */
const PACKING_BYTES = 1.4e6
/** Bytes of a product kept below this are not worth more terms. */
const EDGE_MARGIN = 1.02

/** ‖Σ λ S ⊗ B‖ as if blocks were random with their mean square: 2 √(largest row of mean squares), as for a semicircle. */
const couplingNorm = (model: MicroscopicModel, component: Component, strength: BlockStrength, strengths: Vector): number => {
  let most = 0
  for (const target of component.blocks) {
    for (const to of target.windows) {
      let sum = 0
      for (const source of component.blocks) {
        model.baths.forEach(({ systemCouplings, levels }, bath) => systemCouplings.forEach((matrix, coupling) => {
          if (!couples(matrix, target.level, source.level)) return
          const at = target.level * matrix.columns + source.level
          const square = matrix.re[at]! * matrix.re[at]! + (matrix.im === null ? 0 : matrix.im[at]! * matrix.im[at]!)
          const own = windowOf(model, to, bath)
          const stride = model.strides[bath]!
          for (const from of source.windows) {
            const other = windowOf(model, from, bath)
            if (from - other * stride !== to - own * stride) continue
            sum += strengths[bath]! * strengths[bath]! * square * strength(bath, coupling, own, other) * levels[other]!.length
          }
        }))
      }
      most = Math.max(most, sum)
    }
  }
  return 2 * Math.sqrt(most)
}

/** Half-width of the spectrum of H at the energies ε_k and strengths λ_ν, guessed without a product: the largest of all components. */
export const guessRadius = (
  model: MicroscopicModel, structure: Structure, strength: BlockStrength, energies: Vector, strengths: Vector,
): number => {
  let radius = 0
  for (const component of structure.components) {
    let low = Infinity
    let high = -Infinity
    for (const block of component.blocks) {
      for (const window of block.windows) {
        for (const level of jointLevels(model, window)) {
          low = Math.min(low, level + energies[block.level]!)
          high = Math.max(high, level + energies[block.level]!)
        }
      }
    }
    const half = (high - low) / 2
    const coupling = couplingNorm(model, component, strength, strengths)
    radius = Math.max(radius, EDGE_MARGIN * Math.sqrt(half * half + coupling * coupling))
  }
  return radius
}

/** Windows with pairs of levels that some column stands on together: only there can coherence be. */
const coherentPairs = (model: MicroscopicModel, structure: Structure, batches: readonly Batch[]): [number, number, number][] => {
  const { windows } = model
  const pairs: [number, number, number][] = []
  for (let window = 0; window < windows; window++) {
    for (let k = 0; k < model.dimension; k++) {
      for (let q = k + 1; q < model.dimension; q++) {
        const left = structure.componentOf[k * windows + window]!
        const right = structure.componentOf[q * windows + window]!
        if (left < 0 || right < 0) continue
        if (batches.some(({ components }) => components.includes(left) && components.includes(right))) pairs.push([window, k, q])
      }
    }
  }
  return pairs
}

/** Bytes for what is kept at once: Chebyshev blocks, or the eigenbasis of H with the forms that are read off it. */
export interface Workspace {
  readonly polynomials: number
  readonly eigenbasis: number
}

/** What the backend of a run can do beside products: commutators where they are worth it, see `SurvivalWork`, and blocks to single precision. */
export interface Abilities {
  readonly commutes: boolean
  readonly single: boolean
}

/** Tolerance of a series from which single precision is good enough: its rounding in a probability is a tenth of that. */
const SINGLE_TOLERANCE = 1e-6

/** Plans storage within the `workspace`. */
export const sizeRun = (
  model: MicroscopicModel, columns: InitialColumns, strength: BlockStrength, problem: Problem, workspace: Workspace, tolerance: number, sampling: Sampling | null,
  { commutes, single }: Abilities,
): Sizing => {
  const structure = reachableStructure(model, strength, initialNodes(model, columns))
  const terms = structure.components.map((component) => couplingTerms(model, component, strength))
  const rectangles = new Map<string, Rectangle>()
  for (const rectangle of terms.flat().flatMap((term) => term.rectangles)) rectangles.set(matrixKey(rectangle), rectangle)
  const duration = problem.times[problem.times.length - 1]! - problem.times[0]!
  const radius = guessRadius(model, structure, strength, problem.energies, strengthsOf(problem))
  // Batches as wide as the number of terms allows that the whole run would like.
  const unlimited = workOf(model, structure, terms, [], MOST_TERMS)
  const wanted = planRoute(unlimited, radius, duration, problem.times.length - 1, tolerance).terms
  const wide = (dimension: number): number => batchWidth(dimension, Math.min(MOST_TERMS, wanted), workspace.polynomials)
  const realStart = isRealStart(columns)
  const batches = makeBatches(columns, structure, model.windows, sampling, model.real && realStart, wide)
  const mostTerms = batches.reduce(
    (most, { dimension, width }) => Math.min(most, Math.max(8, Math.floor(workspace.polynomials / (16 * dimension * width)))), MOST_TERMS)
  const pairs = coherentPairs(model, structure, batches)
  const paired = isPaired(model, structure, strength)
  const evenPairs = sampling === null && paired && fillsNodes(model, columns)
  return {
    structure, batches, terms, rectangles, pairs, paired,
    single: single && sampling !== null && !(model.real && realStart) && pairs.length === 0 && tolerance >= SINGLE_TOLERANCE && fitsSingle(model, structure, terms, rectangles),
    work: workOf(model, structure, terms, batches, mostTerms),
    // Its forms are of all columns together.
    eigen: sampling === null ? eigenWork(model, structure, batches, pairs, problem, { realStart, paired, evenPairs }, workspace.eigenbasis) : null,
    survival: evenPairs ? survivalWork(model, structure, commutes, workspace.eigenbasis) : null,
    vectors: sampling?.vectors ?? 1,
    even: sampling === null ? structure.components.map(() => false) : evenCurves(model, structure, columns, model.real && realStart),
    radiusOf: (energies, strengths) => guessRadius(model, structure, strength, energies, strengths),
  }
}

/** Whether Ψ(0) is real where H is. */
export const isRealStart = (columns: InitialColumns): boolean =>
  columns.factors.every((factor) => factor.im === null || factor.im.every((value) => value === 0))

/** Whether the eigenbasis is the cheaper way over `duration`; `setup`: operations for its eigenvectors and forms. */
export const prefersEigenbasis = (sizing: Sizing, radius: number, duration: number, outputs: number, tolerance: number, setup: number): boolean => {
  const { eigen, work } = sizing
  if (eigen === null) return false
  return setup + eigen.begin + outputs * eigen.read < planRoute(work, radius, duration, outputs, tolerance).operations
}

/** The way to survival amplitudes over `duration` from the start, where they are the cheapest; null elsewhere. */
export const preferredSurvival = (sizing: Sizing, radius: number, duration: number, outputs: number, tolerance: number): SurvivalWay | null => {
  const { survival, work, eigen } = sizing
  const way = survival === null ? null : survivalWay(survival, radius, duration, tolerance)
  if (way === null || way.operations >= planRoute(work, radius, duration, outputs, tolerance).operations) return null
  return eigen === null || way.operations < (eigen.alone ?? eigen).basis + eigen.forms + outputs * eigen.read ? way : null
}

/** Cost of one application of H over all batches; over one column of each component where there are no batches yet. */
const workOf = (
  model: MicroscopicModel, structure: Structure, terms: readonly (readonly Term[])[], batches: readonly Batch[], mostTerms: number,
): Work => {
  let product = 0
  let entries = 0
  const add = (components: readonly number[], width: number): void => {
    for (const at of components) {
      for (let bath = 0; bath < model.baths.length; bath++) {
        product += (model.baths[bath]!.bath.real ? 4 : 8) * width * elementsOf(terms[at]!.filter((term) => term.bath === bath))
      }
      entries += width * structure.components[at]!.dimension
    }
  }
  if (batches.length === 0) add(structure.components.map((_, at) => at), 1)
  for (const { components, width } of batches) add(components, width)
  return { product, entries, mostTerms, baths: model.baths.length }
}

/** Output times in (from, to], and the end where it is none. */
export const stopsWithin = (times: Vector, from: number, to: number): number => {
  let count = 0
  let last = from
  for (const time of times) {
    if (time <= from || time > to) continue
    count++
    last = time
  }
  return last < to ? count + 1 : count
}

interface Course {
  readonly operations: number
  readonly stretches: number
  readonly route: Route | null
  /** Whether some segment is smooth. */
  readonly smooth: boolean
  /** Settings that are crossed in the eigenbasis, and bytes for that. */
  readonly settings: number
  readonly eigen: number
  /** Null where no survival amplitudes are taken. */
  readonly survival: SurvivalWay | null
}

/** R·h of a step of a smooth segment, which takes one product of all columns: seen at a tolerance of 1e-8. */
const SMOOTH_STEP = 0.2

/** Plans the segments of the drive, with the state itself wanted at every `every`-th output where not null. */
const planCourse = (
  model: MicroscopicModel, problem: Problem, strength: BlockStrength, sizing: Sizing, tolerance: number, every: number | null,
): Course => {
  const from = problem.times[0]!
  const to = problem.times[problem.times.length - 1]!
  const drive = problem.drive ?? constantDrive(problem.energies, strengthsOf(problem))
  const energies = new Float64Array(model.dimension)
  const strengths = new Float64Array(model.baths.length)
  let operations = 0
  let stretches = 0
  let planned = 0
  let longest: Route | null = null
  let smooth = false
  const known = new Set<string>()
  let eigenBytes: number | null = null
  let reached = from
  for (const segment of drive.segments(from, to)) {
    segment.energies(segment.from, energies)
    segment.strengths(segment.from, strengths)
    const radius = guessRadius(model, sizing.structure, strength, energies, strengths)
    const stops = stopsWithin(problem.times, segment.from, segment.to)
    const length = segment.to - segment.from
    if (!segment.constant) {
      smooth = true
      operations += Math.ceil((radius * length) / SMOOTH_STEP) * sizing.work.product
      stretches += 2
      reached = segment.to
      if (++planned === PLANNED_SEGMENTS) break
      continue
    }
    const whole = every === null && length === to - from
    const survival = whole ? preferredSurvival(sizing, radius, length, stops, tolerance) : null
    if (survival !== null) {
      return { operations: survival.operations, stretches: 0, route: null, smooth: false, settings: 0, eigen: 0, survival }
    }
    const setting = settingKey({ energies, strengths })
    const { eigen } = sizing
    const remembered = known.has(setting)
    const setup = eigen === null ? 0 : setupWork(eigen, setting, { basis: remembered, forms: remembered && eigen.kept > 1 }, whole)
    if (eigen !== null && prefersEigenbasis(sizing, radius, length, stops, tolerance, setup)) {
      const alone = whole ? eigen.alone : null
      if (alone !== null) eigenBytes = alone.bytes
      operations += (remembered ? 0 : (alone ?? eigen).basis) + (remembered && eigen.kept > 1 ? 0 : eigen.forms) + eigen.begin + stops * eigen.read
      known.add(setting)
      if (every !== null || segment.to < to) stretches += 2
      reached = segment.to
      if (++planned === PLANNED_SEGMENTS) break
      continue
    }
    const legs = every === null ? 1 : Math.max(1, Math.ceil(stops / every))
    const route = planRoute(sizing.work, radius, length / legs, Math.ceil(stops / legs), tolerance)
    operations += legs * route.operations
    // Where the state is wanted it is kept beyond a single stretch.
    stretches += legs * route.stretches + (every === null ? 0 : 1)
    if (longest === null || (route.moments ? route.terms : 3) > (longest.moments ? longest.terms : 3)) longest = route
    reached = segment.to
    if (++planned === PLANNED_SEGMENTS) break
  }
  const share = reached > from ? (to - from) / (reached - from) : 1
  const eigen = known.size === 0 ? 0 : eigenBytes ?? sizing.eigen!.bytes[known.size === 1 ? 0 : 1]
  return { operations: operations * share, stretches: stretches * share, route: longest, smooth, settings: known.size, eigen, survival: null }
}

/** Bytes of the largest block that is read outside the matrices: to be joined with others, or for its strength where neither ensemble nor bath tell it. */
const largestBlockRead = (model: MicroscopicModel, problem: Problem, rectangles: Sizing['rectangles']): number => {
  let most = 0
  const read = (bath: number, to: number, from: number): void => {
    const { levels, bath: { real } } = model.baths[bath]!
    most = Math.max(most, levels[to]!.length * levels[from]!.length * (real ? 8 : 16))
  }
  for (const { bath, targets, sources } of rectangles.values()) {
    if (targets.length * sources.length > 1) for (const to of targets) for (const from of sources) read(bath, to, from)
  }
  model.baths.forEach(({ levels }, bath) => {
    if (problem.baths[bath]!.bath.can.ensemble !== undefined || model.baths[bath]!.bath.block.meanSquare !== undefined) return
    const widest = levels.reduce((at, { length }, window) => (length > levels[at]!.length ? window : at), 0)
    read(bath, widest, widest)
  })
  return most
}

/** What a run would cost, from its sizing; `adjoints` where products may take an adjoint. */
export const estimateRun = (
  model: MicroscopicModel, problem: Problem, strength: BlockStrength, sizing: Sizing, realStart: boolean, adjoints: boolean, tolerance: number,
  correlation: { readonly every: number; readonly bytes: number } | null,
): Estimate => {
  const course = planCourse(model, problem, strength, sizing, tolerance, correlation?.every ?? null)
  const { structure, batches, rectangles, work, pairs } = sizing
  const shares = sizing.vectors === 1 ? 0 : sizing.vectors
  // In the eigenbasis or of amplitudes alone no block is kept at all.
  const kept = course.route === null ? ((course.settings > 0 || course.survival !== null) && !course.smooth ? 0 : 3) : course.route.moments ? course.route.terms : 3
  const squares = kept * kept * 8
  const nodes = structure.components.reduce((sum, component) => sum + component.blocks.reduce((part, block) => part + block.windows.length, 0), 0)
  const once = course.stretches <= 1
  const allReal = model.real && realStart
  const entry = allReal ? 8 : 16
  let matrices = 0
  for (const { bath, rows, columns } of storedRectangles(rectangles, adjoints).values()) matrices += rows * columns * (model.baths[bath]!.bath.real ? 8 : 16)
  const room = batches.reduce((most, { dimension, width }) => Math.max(most, dimension * width), 0)
  const widest = batches.reduce((most, { width }) => Math.max(most, width), 0)
  const mixtures = sizing.terms.reduce((sum, terms) => sum + terms.reduce(
    (most, term) => Math.max(most, term.alias === null ? term.rows[term.rows.length - 1]! : 0), 0), 0)
  const dimension = structure.components.reduce((most, component) => Math.max(most, component.dimension), 0)
  const searched = course.route !== null || course.smooth || course.survival?.kind === 'blocks'
  const search = searched ? LANCZOS_VECTORS * dimension * (model.real ? 8 : 16) : 0
  const blocks = (count: number): number => count * room * (once ? entry : 16) + gramBytes(count, model.baths.length)
  // Of random vectors whose moments are taken to single precision two blocks are kept beside, from which the start is read.
  const singly = sizing.single && course.route?.moments === true
  const reading = blocks(singly ? START_BLOCKS : kept) +
    (singly ? singleBytes(storedRectangles(rectangles, adjoints), kept * room, kept, widest, model.baths.length) : 0) +
    (nodes * (1 + shares) + (1 + model.baths.length) * structure.components.length + 2 * pairs.length) * squares * (once ? 1 : 2)
  const running = work.entries * entry + (once ? 0 : work.entries * 16) + mixtures * widest * 16 +
    course.eigen + (course.survival?.bytes ?? 0) + (course.smooth ? SMOOTH_STATES * work.entries * 16 : 0) + (correlation?.bytes ?? 0) +
    // A single stretch is searched for its bounds before there are more than the blocks that the start is read from.
    (once ? Math.max(search + blocks(Math.min(START_BLOCKS, kept)), reading) : search + reading)
  const bytes = matrices + Math.max(largestBlockRead(model, problem, rectangles), running) + PACKING_BYTES
  // Finding the spectral bounds takes some tens of products of a single column.
  return { bytes: Math.ceil(bytes), operations: Math.ceil(course.operations), jointStates: dimension }
}
