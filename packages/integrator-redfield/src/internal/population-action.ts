import { failIfAny, succeed } from '@mesobath/contracts'
import type { Issue, Outcome } from '@mesobath/contracts'
import { populationGenerator } from '@mesobath/composition'
import type { BathTransitions, Lattice, PopulationGenerator, PreparedBath, Setting } from '@mesobath/composition'
import { flatWindowEnvelope } from '@mesobath/kernels'
import type { DrivenJumps } from './driven-jumps.js'
import { groupStrengths } from './envelope-groups.js'
import type { EnvelopeGroup } from './envelope-groups.js'
import type { History } from './history.js'

/** The right-hand side of the rate equation of p(ε_k,E) with envelopes. */
export interface PopulationAction {
  /** out = ∂t p at an age of the memory; returns Σ(ε_k + E) ∂t p, taken jump by jump and not from the energies. */
  apply(age: number, populations: Float64Array, out: Float64Array): number
}

/** −Σ rate × Ω of all jumps that leave each joint state: what it adds to Σ(ε_k + E)p per time, 0 to the last bit on resonance. */
export const leaks = (lattice: Lattice, transitions: readonly BathTransitions[]): Float64Array => {
  const { dimension, size, counts, strides } = lattice
  const leak = new Float64Array(dimension * size)
  transitions.forEach(({ count, fromLevel, fromWindow, mismatch, rate }, axis) => {
    const stride = strides[axis]
    const span = counts[axis] * stride
    for (let i = 0; i < count; i += 1) {
      if (mismatch[i] === 0) continue
      const source = fromLevel[i] * size + fromWindow[i] * stride
      for (let outer = 0; outer < size; outer += span) {
        for (let inner = outer; inner < outer + stride; inner += 1) leak[source + inner] -= rate[i] * mismatch[i]
      }
    }
  })
  return leak
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < a.length; i += 1) sum += a[i] * b[i]
  return sum
}

/** Constant energies: one generator per envelope. */
export const constantAction = (
  lattice: Lattice, baths: readonly PreparedBath[], groups: readonly EnvelopeGroup[], { energies, strengths }: Setting,
): Outcome<PopulationAction> => {
  const issues: Issue[] = []
  const parts: { readonly width: number, readonly generator: PopulationGenerator, readonly leak: Float64Array }[] = []
  for (const group of groups) {
    const made = populationGenerator(lattice, baths, energies, groupStrengths(group, strengths))
    if (made._tag === 'Left') issues.push(...made.left)
    else parts.push({ width: group.width, generator: made.right, leak: leaks(lattice, made.right.transitions) })
  }
  const part = new Float64Array(lattice.dimension * lattice.size)
  return failIfAny(issues, () => ({
    apply: (age, populations, out) => {
      let defect = 0
      out.fill(0)
      for (let g = 0; g < parts.length; g += 1) {
        const { generator, leak, width } = parts[g]
        const envelope = flatWindowEnvelope(age, width)
        generator.apply(populations, part)
        for (let i = 0; i < part.length; i += 1) out[i] += envelope * part[i]
        defect += envelope * dot(leak, populations)
      }
      return defect
    },
  }))
}

/** Moving energies: weights of the moment on tables of all jumps that they ever open. */
export const drivenAction = (
  baths: readonly PreparedBath[], widths: readonly number[], jumps: readonly DrivenJumps[], now: History,
): Outcome<PopulationAction> => succeed({
  apply: (age, populations, out) => {
    let defect = 0
    out.fill(0)
    for (let i = 0; i < jumps.length; i += 1) {
      const strength = now.strengths[baths[i].axis]
      if (strength !== 0) defect += jumps[i].add(now.energies, flatWindowEnvelope(age, widths[i]) * strength * strength, populations, out)
    }
    return defect
  },
})
