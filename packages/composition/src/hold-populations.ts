import type { Vector } from '@mesobath/contracts'
import { relaxation } from '@mesobath/kernels'
import type { Pause, RelaxationAction, RelaxationWorkspace } from '@mesobath/kernels'
import { connectedComponents } from './connected-components.js'
import type { Components } from './connected-components.js'
import type { HeldPropagator } from './driven-mover.js'
import { unconservedEnergy } from './energy-books.js'
import { amplification } from './internal/amplification.js'
import { ComponentSums } from './internal/component-sums.js'
import { jointLogVolumes } from './internal/joint-volumes.js'
import type { PopulationGenerator } from './population-generator.js'
import type { ReachedGenerator } from './reached-generator.js'
import type { Lattice } from './window-lattice.js'

/** Entries that are swept between two pauses: a few hundredths of a second. */
const ENTRIES_PER_PAUSE = 1e7

/** An amplification is measured again after so many applications that a smaller one might have spared. */
const APPLICATIONS_PER_LOOK = 64

/** What is relaxed. */
interface Subject {
  readonly generator: Pick<PopulationGenerator, 'apply' | 'dimension' | 'exitRateBound' | 'spectralBound' | 'release' | 'step'>
  /** Energy per time that the jumps out of each state do not conserve; null where all do. */
  readonly gained: Float64Array | null
  readonly components: () => Components
  readonly logVolumes: () => Vector
}

/** The generator of p with the books beside it: [p…, W/σ, D/σ], D'/σ = (energy gained)/σ; no work is done while energies hold. */
const bookedAction = ({ gained, generator }: Subject, scale: number): RelaxationAction => {
  const { dimension } = generator
  return {
    dimension,
    step: (x, out, factor, keep, carry, sum, weight) => {
      let energy = 0
      if (gained !== null) for (let i = 0; i < gained.length; i += 1) energy += gained[i]! * x[i]!
      generator.step(x, out, factor, keep, carry, sum, weight)
      for (let book = dimension; book < dimension + 2; book += 1) {
        const moved = (carry === 0 ? 0 : carry * out[book]!) + keep * x[book]! + (book === dimension ? 0 : (factor * energy) / scale)
        out[book] = moved
        if (sum !== null) sum[book] = sum[book]! + weight * moved
      }
    },
  }
}

const hold = (subject: Subject, scale: number, workspace: RelaxationWorkspace): HeldPropagator => {
  const { generator } = subject
  const { dimension } = generator
  const propagator = relaxation(bookedAction(subject, scale), { exitRate: generator.exitRateBound, spectralRadius: generator.spectralBound }, workspace)
  let measure: ((populations: Vector) => number) | null = null
  let sums: ComponentSums | null = null
  let summed = false
  let bound = Infinity
  let spent = APPLICATIONS_PER_LOOK
  let swept = 0
  /** The amplification last measured bounds every later one; it is measured where a smaller one might spare applications. */
  const amplificationNow = (state: Vector, time: number, tolerance: number): number => {
    const { applications, method } = propagator.plan(time, tolerance, bound)
    const best = propagator.plan(time, tolerance, 1)
    if (method === 'uniformisation' && best.method === 'chebyshev') {
      spent += applications - best.applications
      if (spent >= APPLICATIONS_PER_LOOK) {
        if (measure === null) {
          const components = subject.components()
          measure = amplification(components, subject.logVolumes())
          sums = new ComponentSums(components)
        }
        if (!summed) sums!.keep(state)
        summed = true
        bound = Math.min(bound, measure(state))
        spent = 0
      }
    }
    return bound
  }
  return {
    stride: Infinity,
    dispose: () => generator.release(),
    begin: () => {
      bound = Infinity
      spent = APPLICATIONS_PER_LOOK
      summed = false
    },
    advance: async (state, time, tolerance, pause) => {
      const rested: Pause = () => {
        swept += dimension
        if (swept < ENTRIES_PER_PAUSE) return null
        swept = 0
        return pause()
      }
      // Only what is gained: large sums carried along would be rounded anew by every series.
      const work = state[dimension]!
      const defect = state[dimension + 1]!
      state[dimension] = 0
      state[dimension + 1] = 0
      const factor = amplificationNow(state, time, tolerance)
      const whole = await propagator.advance(state, time, tolerance, factor, rested)
      if (whole && summed) sums!.restore(state)
      state[dimension]! += work
      state[dimension + 1]! += defect
      return whole
    },
    rates: (state, out) => generator.apply(state, out),
  }
}

/**
 * Populations while energies hold, by uniformisation or by a Chebyshev series of the symmetrised generator, whichever is cheaper and keeps the
 * tolerance; D is summed over what each jump does not conserve.
 *
 * @param energies - ε_k [d]
 * @param scale - σ
 * @param workspace - vectors of the length of the state, [p…, W/σ, D/σ], which propagators may share
 */
export const holdPopulations = (
  lattice: Lattice, generator: PopulationGenerator, energies: Vector, scale: number, workspace: RelaxationWorkspace,
): HeldPropagator => hold({
  generator, gained: unconservedEnergy(lattice, generator.transitions, energies),
  components: () => connectedComponents(lattice, generator.transitions), logVolumes: () => jointLogVolumes(lattice),
}, scale, workspace)

/** The same on the states that a start can reach. */
export const holdReached = (
  lattice: Lattice, generator: PopulationGenerator, reached: ReachedGenerator, energies: Vector, scale: number, workspace: RelaxationWorkspace,
): HeldPropagator => {
  const whole = unconservedEnergy(lattice, generator.transitions, energies)
  return hold({
    generator: reached, gained: whole === null ? null : Float64Array.from(reached.states, (state) => whole[state]!),
    components: () => reached.components, logVolumes: () => reached.logVolumes,
  }, scale, workspace)
}
