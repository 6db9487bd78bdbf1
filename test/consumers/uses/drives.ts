// A protocol whose quenches are declared stops.
import { quenches } from '@mesobath/drives'

const made = quenches({ energies: [0, 1], strengths: [0.1], level: 1, times: [2, 4], values: [2, 1], range: { from: 0, to: 6 } })
if (made._tag === 'Left') throw new Error(made.left[0].message)
const ends: number[] = []
for (const { to } of made.right.segments(0, 6)) ends.push(to)
if (ends.join() !== '2,4,6') throw new Error(`stops at ${ends.join()}`)
// @ts-expect-error of a level or of a bath, not of both
export const both = quenches({ energies: [0, 1], strengths: [0.1], level: 1, bath: 0, times: [2], values: [2] })
