import { randomMatrixBath } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import type { Planes, TransformRequest } from '@mesobath/contracts'
import { rateModelLaws } from '@mesobath/conformance'
import { microscopicRates } from '@mesobath/rates-microscopic'
import { describe, expect, it } from 'vitest'

describe('microscopic rates obey the laws of every rate model', () => {
  for (const law of rateModelLaws(microscopicRates, { finiteTime: true, stationary: false })) {
    it(law.name, async () => { orThrow(await law.check()) })
  }
})

// Mutants: scratch that tables under way share; all of a table in one part.
it('writes several tables in parts at a time, each to the bits that it has at once', () => {
  const volumes = [150, 200]
  const bath = orThrow(randomMatrixBath({ windows: volumes.map((volume, energy) => ({ energy, volume })), windowWidth: 0.5, spectrum: 'random', deviation: 1, seed: 5 }))
  const transform = orThrow(microscopicRates().correlate(bath)).transform!
  const requests = [0.9, 1.2].map((omega): TransformRequest => ({
    to: Int32Array.of(1, 0), from: Int32Array.of(0, 1), frequency: Float64Array.of(omega, -omega), times: Float64Array.from({ length: 200 }, (_, i) => i / 3),
  }))
  const planes = (): Planes => ({ re: new Float64Array(400).fill(NaN), im: new Float64Array(400).fill(NaN) })
  const parts = requests.map((request) => {
    const out = planes()
    return { request, out, next: orThrow(transform.inParts!(request, out)) }
  })
  let calls = 0
  for (let more = true; more;) {
    calls += 1
    // Each goes on, whichever has more.
    more = parts.map(({ next }) => next()).some((each) => each)
  }
  // 6 million elements are summed over for each, and 2 million are a part's.
  expect(calls).toBeGreaterThan(2)
  for (const { request, out } of parts) {
    const whole = planes()
    orThrow(transform(request, whole))
    expect(out).toEqual(whole)
  }
})
