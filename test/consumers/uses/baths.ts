// A bath drawn at random, its levels, and a fault told by its path.
import { randomMatrixBath } from '@mesobath/baths'

const made = randomMatrixBath({ windows: [{ energy: 0, volume: 4 }, { energy: 1, volume: 6 }], windowWidth: 0.5, spectrum: 'regular', deviation: 1, seed: 1 })
if (made._tag === 'Left') throw new Error(made.left[0].message)
const levels = made.right.can.microscopic?.()
if (levels?._tag !== 'Right' || levels.right.kind !== 'spectral' || levels.right.levels.length !== 10) throw new Error('ten levels were asked for')
const refused = randomMatrixBath({ windows: [], windowWidth: 0.5, spectrum: 'regular', deviation: 1, seed: 1 })
if (refused._tag === 'Right' || !refused.left.some(({ path }) => path[0] === 'windows')) throw new Error('a bath must have windows')
// @ts-expect-error a spectrum of another kind
export const unknown = randomMatrixBath({ windows: [], windowWidth: 0.5, spectrum: 'chaotic', deviation: 1, seed: 1 })
