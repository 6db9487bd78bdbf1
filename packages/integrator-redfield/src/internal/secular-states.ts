import { succeed } from '@mesobath/contracts'
import type { Outcome, Planes } from '@mesobath/contracts'
import { conditionalGenerator } from '@mesobath/composition'
import type { ConditionalGenerator, Lattice, Mover, PreparedBath, Setting } from '@mesobath/composition'
import { dormandPrince, flatWindowEnvelope } from '@mesobath/kernels'
import { conjugateBath, isReal } from './conjugate-bath.js'
import { diagonals } from './diagonals.js'
import { groupStrengths } from './envelope-groups.js'
import type { EnvelopeGroup } from './envelope-groups.js'
import { stepStride } from './pacing.js'
import { stepTolerance } from './tolerances.js'

/** The Markov generator of the baths of one width, and that of their conjugates. */
interface GroupGenerator {
  readonly width: number
  readonly plain: ConditionalGenerator
  readonly conjugate: ConditionalGenerator
}

/**
 * All of ρ_S(E) under ∂t ρ = −i[H'_S(E), ρ] + Σ_δ ζ_δ(t) D_δ ρ: the Markov, secular equation with every rate times its envelope, Lamb shift
 * and mean field unchanged; integrated in the frame that rotates with H_S.
 */
export const secularStatesMover = (
  lattice: Lattice, baths: readonly PreparedBath[], start: Planes, groups: readonly EnvelopeGroup[], memory: number, tolerance: number,
): Mover => {
  const { dimension, size } = lattice
  const plane = size * dimension * dimension
  const conjugates = baths.every(isReal) ? null : baths.map(conjugateBath)
  const initial = new Float64Array(2 * plane)
  initial.set(start.re)
  if (start.im !== null) initial.set(start.im, plane)
  const mirrored = new Float64Array(2 * plane)
  const part = new Float64Array(2 * plane)
  const change = new Float64Array(2 * plane)
  const turned = new Float64Array(2 * plane)
  const planes = { re: turned.subarray(0, plane), im: turned.subarray(plane) }
  const populations = new Float64Array(dimension * size)
  const rates = new Float64Array(dimension * size)
  let generators: readonly GroupGenerator[] = []
  // The time since memory began at which the frame did not yet rotate.
  let origin = memory

  const derivative = (time: number, state: Float64Array, out: Float64Array): void => {
    out.fill(0)
    for (let i = 0; i < plane; i += 1) {
      mirrored[i] = state[i]
      mirrored[plane + i] = -state[plane + i]
    }
    for (let g = 0; g < generators.length; g += 1) {
      const { width, plain, conjugate } = generators[g]
      const envelope = flatWindowEnvelope(time, width)
      // L = shifts + D and its conjugate −shifts + D: shifts + ζD = (1 + ζ)/2 of the one − (1 − ζ)/2 of the other.
      plain.rotating.apply(state, part)
      const ahead = (1 + envelope) / 2
      for (let i = 0; i < 2 * plane; i += 1) out[i] += ahead * part[i]
      conjugate.rotating.apply(mirrored, part)
      const behind = (1 - envelope) / 2
      for (let i = 0; i < plane; i += 1) {
        out[i] -= behind * part[i]
        out[plane + i] += behind * part[plane + i]
      }
    }
  }
  const ode = dormandPrince(2 * plane, derivative, { absoluteTolerance: stepTolerance(tolerance), relativeTolerance: 0 })
  ode.restart(memory, initial)
  const stride = stepStride(2 * plane * dimension * 2 * groups.length, Math.max(...groups.map((group) => group.width)))

  const toSchroedinger = (): void => {
    turned.set(ode.state)
    if (generators.length > 0) generators[0].plain.rotate(turned, ode.time - origin)
  }

  return {
    stride,
    enter: ({ energies, strengths }: Setting): Outcome<void> => {
      const made: GroupGenerator[] = []
      for (const group of groups) {
        const own = groupStrengths(group, strengths)
        const plain = conditionalGenerator(lattice, baths, energies, own)
        if (plain._tag === 'Left') return plain
        const conjugate = conjugates === null ? plain : conditionalGenerator(lattice, conjugates, energies, own)
        if (conjugate._tag === 'Left') return conjugate
        made.push({ width: group.width, plain: plain.right, conjugate: conjugate.right })
      }
      toSchroedinger()
      generators = made
      origin = ode.time
      ode.restart(ode.time, turned)
      return succeed(undefined)
    },
    advance: (time) => ode.advance(ode.time + time, Infinity) === 'ok',
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
      return planes
    },
    checkpoint: () => {
      toSchroedinger()
      return { re: planes.re.slice(), im: planes.im.slice() }
    },
  }
}
