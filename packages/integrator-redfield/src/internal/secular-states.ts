import { succeed } from '@mesobath/contracts'
import type { Outcome, Planes } from '@mesobath/contracts'
import { conditionalGeneratorInParts, jointEnergies } from '@mesobath/composition'
import type { ConditionalGenerator, PreparedBath, Setting } from '@mesobath/composition'
import { dormandPrince, flatWindowEnvelope } from '@mesobath/kernels'
import type { Parts } from '@mesobath/kernels'
import { conjugateBath, isReal } from './conjugate-bath.js'
import { diagonals } from './diagonals.js'
import { drivenStates } from './driven-states.js'
import type { CoupledWindows } from './driven-states.js'
import { groupStrengths } from './envelope-groups.js'
import type { FullPlanes } from './numbers.js'
import { fullPlanes } from './numbers.js'
import { advanceInPortions, derivativesPerPause } from './pacing.js'
import { picture } from './picture.js'
import { BOOK_ENTRIES, writeFlows } from './scalars.js'
import type { SecularMover } from './secular-mover.js'
import type { IntegratedParts } from './secular-populations.js'
import { steadyGroups } from './steady-groups.js'
import { stepTolerance } from './tolerances.js'

/** ∂t ρ in the frame that rotates with H_S, of states [re…, im…] behind which the books stand. */
type StateAction = (time: number, state: Float64Array, out: Float64Array) => void

/** The Markov generator of the baths of one width, and that of their conjugates. */
interface GroupGenerator {
  readonly width: number
  readonly plain: ConditionalGenerator
  readonly conjugate: ConditionalGenerator
}

/** Views of a vector's planes, one pair per vector: vectors are few and live as long as the integrator. */
const planeViews = (plane: number): { of(vector: Float64Array): FullPlanes, both(vector: Float64Array): Float64Array } => {
  const planes = new Map<Float64Array, FullPlanes>()
  const joined = new Map<Float64Array, Float64Array>()
  return {
    of: (vector) => {
      const known = planes.get(vector)
      if (known !== undefined) return known
      const view = { re: vector.subarray(0, plane), im: vector.subarray(plane, 2 * plane) }
      planes.set(vector, view)
      return view
    },
    both: (vector) => {
      const known = joined.get(vector)
      if (known !== undefined) return known
      const view = vector.subarray(0, 2 * plane)
      joined.set(vector, view)
      return view
    },
  }
}

/**
 * All of ρ_S(E) under ∂t ρ = −i[H'_S(E), ρ] + Σ_δ ζ_δ(t) D_δ ρ: the Markov, secular equation with every rate times its envelope, Lamb shift
 * and mean field unchanged; integrated in the frame that rotates with H_S, with work and defect.
 *
 * @param coupled - pairs of windows of each bath, for smooth segments; empty where there are none
 */
export const secularStatesMover = (parts: IntegratedParts, coupled: readonly CoupledWindows[], start: Planes): SecularMover => {
  const { lattice, baths, groups, widths, now, slowness, memoryStart, tolerance } = parts
  const { dimension, size } = lattice
  const plane = size * dimension * dimension
  const conjugates = baths.every(isReal) ? null : baths.map(conjugateBath)
  const windows = jointEnergies(lattice)
  const turned = picture(dimension, size)
  const schroedinger = fullPlanes(plane)
  const initial = new Float64Array(2 * plane + BOOK_ENTRIES)
  initial.set(start.re)
  if (start.im !== null) initial.set(start.im, plane)
  const mirrored = new Float64Array(2 * plane)
  const part = new Float64Array(2 * plane)
  const change = new Float64Array(2 * plane + BOOK_ENTRIES)
  const populations = new Float64Array(dimension * size)
  const rates = new Float64Array(dimension * size)
  const views = planeViews(plane)
  let action: StateAction = (_time, _state, out) => out.fill(0)

  const derivative = (time: number, state: Float64Array, out: Float64Array): void => {
    now.look(time)
    slowness.look(now.slopes, now.strengths)
    action(time, state, out)
    // The frame turns coherences only, so the diagonals are those of ρ_S(E) itself.
    writeFlows(state, out, now.energies, now.slopes, windows, out, 2 * plane)
  }

  const constantAction = function* ({ energies, strengths }: Setting, settingBaths: readonly PreparedBath[]): Parts<Outcome<StateAction>> {
    const made: GroupGenerator[] = []
    for (const group of groups) {
      const own = groupStrengths(group, strengths)
      const plain = yield* conditionalGeneratorInParts(lattice, settingBaths, energies, own)
      if (plain._tag === 'Left') return plain
      const conjugate = conjugates === null ? plain : yield* conditionalGeneratorInParts(lattice, conjugates, energies, own)
      if (conjugate._tag === 'Left') return conjugate
      made.push({ width: group.width, plain: plain.right, conjugate: conjugate.right })
    }
    return succeed((time, state, out) => {
      out.fill(0)
      for (let i = 0; i < plane; i += 1) {
        mirrored[i] = state[i]
        mirrored[plane + i] = -state[plane + i]
      }
      for (let g = 0; g < made.length; g += 1) {
        const { width, plain, conjugate } = made[g]
        const envelope = flatWindowEnvelope(time - memoryStart, width)
        // L = shifts + D and its conjugate −shifts + D: shifts + ζD = (1 + ζ)/2 of the one − (1 − ζ)/2 of the other.
        plain.rotating.apply(views.both(state), part)
        const ahead = (1 + envelope) / 2
        for (let i = 0; i < 2 * plane; i += 1) out[i] += ahead * part[i]
        conjugate.rotating.apply(mirrored, part)
        const behind = (1 - envelope) / 2
        for (let i = 0; i < plane; i += 1) {
          out[i] -= behind * part[i]
          out[plane + i] += behind * part[plane + i]
        }
      }
    })
  }

  const ode = dormandPrince(2 * plane + BOOK_ENTRIES, derivative, { absoluteTolerance: stepTolerance(tolerance), relativeTolerance: 0 })
  ode.restart(parts.time, initial)
  // In a smooth segment every pair of windows of a bath takes part in every derivative.
  const pairs = coupled.reduce((sum, { count }, i) => sum + (count * size) / lattice.counts[baths[i].axis], 0)
  const derivatives = derivativesPerPause(2 * plane * dimension * 2 * groups.length + pairs * dimension * dimension)

  const toSchroedinger = (): void => {
    if (now.blocks.length === 0) {
      schroedinger.re.set(views.of(ode.state).re)
      schroedinger.im.set(views.of(ode.state).im)
      return
    }
    now.look(ode.time)
    const begun = now.blocks[now.block].phases
    turned.set(now.phases.map((phase, k) => phase + begun[k]))
    turned.toSchroedinger(views.of(ode.state), schroedinger)
  }

  return {
    get time() {
      return ode.time
    },
    get work() {
      return ode.state[2 * plane]
    },
    get defect() {
      return ode.state[2 * plane + 1]
    },
    leave: () => {
      toSchroedinger()
      const next = ode.state.slice()
      next.set(schroedinger.re)
      next.set(schroedinger.im, plane)
      ode.restart(ode.time, next)
    },
    enter: function* ({ setting, panels }) {
      if (panels === null) {
        const made = yield* constantAction(setting, baths)
        if (made._tag === 'Left') return made
        action = made.right
      } else {
        const driven = drivenStates(lattice, baths, widths, coupled, steadyGroups(panels, dimension))
        const envelopes = new Float64Array(baths.length)
        action = (time, state, out) => {
          for (let i = 0; i < baths.length; i += 1) envelopes[baths[i].axis] = flatWindowEnvelope(time - memoryStart, widths[i])
          driven.apply(now.energies, now.strengths, envelopes, views.of(state), views.of(out))
        }
      }
      return succeed(undefined)
    },
    advance: (to, _tolerance, pause) => advanceInPortions(now, ode, to, derivatives, pause),
    populations: () => {
      diagonals(ode.state, dimension, size, populations)
      return populations
    },
    populationRates: () => {
      derivative(ode.time, ode.state, change)
      diagonals(change, dimension, size, rates)
      return rates
    },
    conditional: () => {
      toSchroedinger()
      return schroedinger
    },
    checkpoint: () => {
      toSchroedinger()
      return { re: schroedinger.re.slice(), im: schroedinger.im.slice() }
    },
  }
}
