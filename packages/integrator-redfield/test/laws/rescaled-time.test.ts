import { orThrow } from '@mesobath/contracts'
import { markov } from '@mesobath/integrator-markov'
import { finiteTimeSecular } from '@mesobath/integrator-redfield'
import { flatWindowRescaledTime } from '@mesobath/kernels'
import { solve } from '@mesobath/solve'
import { describe, expect, it } from 'vitest'
import { attach, hermitian, makeProblem, parkMiller, positiveKappa, toyBath, toyRates } from '../../../../test/fixtures/toy-baths.js'

describe('[Eq. E5] one line shape for all baths', () => {
  it('moves populations of two and three baths as e^{ΛΞ(t)}: the Markov run at the rescaled times', async () => {
    const width = 0.5
    for (const counts of [[6, 5], [4, 4, 3]]) {
      const uniform = parkMiller(8)
      const baths = counts.map((count, axis) => attach(`b${axis}`,
        toyBath({ energies: Array.from({ length: count }, (_, e) => e * width), width, logVolumes: Array.from({ length: count }, () => 2 * uniform()) }),
        0.2 + 0.2 * axis, [hermitian(3, uniform)]))
      const rates = Object.fromEntries(counts.map((count, axis) => [`b${axis}`, toyRates(positiveKappa(1, count, uniform))]))
      const times = [0, 0.7, 4, 60]
      const problem = makeProblem([0, 0.5, 1.5], baths, undefined, times)
      const finite = orThrow(await solve(problem, finiteTimeSecular({ rates }), { save: 'populations' }))
      const rescaled = orThrow(await solve({ ...problem, times: Float64Array.from(times, (time) => flatWindowRescaledTime(time, width)) }, markov({ rates }),
        { save: 'populations' }))
      const far = finite.populations!.reduce((most, p, i) => Math.max(most, Math.abs(p - rescaled.populations![i]!)), 0)
      expect(far).toBeLessThan(2e-10)
      expect(finite.validity.find(({ code }) => code === 'integrator-redfield/path')!.message).toContain('rescaled time')
      expect(Math.abs(finite.populations!.at(-1)! - finite.populations![0]!)).toBeGreaterThan(1e-6)
    }
  })
})
