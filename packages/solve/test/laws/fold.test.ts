import { describe, expect, it } from 'vitest'
import { orThrow } from '@mesobath/contracts'
import type { Observer, Sample } from '@mesobath/contracts'
import { fold, solve } from '@mesobath/solve'
import { quenches, toy, toyProblem } from '../toys/toy.js'

/** Everything of every sample, as one list of numbers. */
const everything = (): Observer<readonly number[]> => {
  const numbers: number[] = []
  return {
    begin: (frame) => { numbers.length = 0; numbers.push(frame.dimension) },
    sample: (sample: Sample) => {
      numbers.push(sample.time, sample.side === 'before' ? 0 : 1, ...sample.energies, ...sample.strengths, ...sample.populations)
      if (sample.populationRates !== null) numbers.push(...sample.populationRates)
      if (sample.conditional !== null) numbers.push(...sample.conditional.re, ...(sample.conditional.im ?? []))
      for (const name of Object.keys(sample.scalars).sort()) numbers.push(sample.scalars[name]!)
    },
    end: () => numbers.slice(),
  }
}

describe('fold', () => {
  for (const withRates of [true, false]) {
    it(`shows an observer what it would have seen of the run, bit for bit (coherent, rates: ${withRates})`, async () => {
      const { algorithm } = toy({ coherent: true, withRates })
      const run = orThrow(await solve(toyProblem({ drive: quenches([0.5, 2.5]) }), algorithm, { observers: { all: everything() } }))
      expect(run.observed.all.length).toBeGreaterThan(100)
      expect(fold(run, everything())).toEqual(run.observed.all)
    })
  }

  it('shows populations bit for bit where only they were saved', async () => {
    const run = orThrow(await solve(toyProblem({ drive: quenches([0.5]) }), toy().algorithm, { save: 'populations', observers: { all: everything() } }))
    expect(fold(run, everything())).toEqual(run.observed.all)
  })

  it('refuses a trajectory without populations by name', async () => {
    const run = orThrow(await solve(toyProblem(), toy().algorithm, { save: 'marginals' }))
    expect(() => fold(run, everything())).toThrow(/`trajectory\.populations` must have been saved to fold over it, but is null/)
  })
})
