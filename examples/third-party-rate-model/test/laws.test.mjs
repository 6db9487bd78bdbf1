import { test } from 'node:test'
import { orThrow } from '@mesobath/contracts'
import { rateModelLaws } from '@mesobath/conformance'
import { tabulatedRates } from 'tabulated-bath-rates'

// The bath of the kit has windows at 0, 1, 2, 3 which it couples up to a distance of 2.5.
const rows = [0, 1.5, 3].flatMap((energy) => [[0, 1], [1, 0.6], [2, 0.3], [2.5, 0]].map(([frequency, weight]) => [energy, frequency, weight * (1 + energy)]))
const make = (scale) => orThrow(tabulatedRates({ rows: rows.map(([energy, frequency, weight]) => [energy, frequency, scale ** 2 * weight]), beyond: 'zero' }))

for (const law of rateModelLaws(make, { finiteTime: true, stationary: true, couplings: [1] })) {
  test(law.name, async () => { orThrow(await law.check()) })
}
