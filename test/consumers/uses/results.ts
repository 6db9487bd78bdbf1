// A bath as bytes and back.
import { decodeBath, encodeBath } from '@mesobath/results'

const coupling = { rows: 2, columns: 2, re: Float64Array.of(0, 1, 1, 0), im: null }
const bytes = await encodeBath({ levels: Float64Array.of(0, 1), couplings: [coupling] }, 'npz')
if (bytes._tag === 'Left') throw new Error(bytes.left[0].message)
const back = await decodeBath(bytes.right)
if (back._tag === 'Left' || back.right.levels[1] !== 1) throw new Error('the levels changed')
