import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import { log } from '../elementary.js'
import { hashNumbers } from '../internal/hash.js'

/** A stream of random numbers, a function of its seed and path alone. */
export interface RandomStream {
  /** Uniform in [0, 1), 53 random bits. */
  uniform(): number
  /** Normal with mean 0 and variance 1. */
  normal(): number
}

const TWO_26 = 67108864
const TWO_MINUS_53 = 1 / 9007199254740992

/**
 * The stream of `seed` and `path`: every different (seed, ...path) gives its own, whatever was drawn elsewhere before.
 *
 * `seed` and `path` are any finite numbers, such as (seed, bath, window, window'); their 128-bit hash is the state of a
 * xoroshiro128+ generator. Normals come by Marsaglia's polar method from `log` of this package: the same bits on every engine.
 */
export const randomStream = (seed: number, ...path: readonly number[]): RandomStream => {
  const generator = xoroshiro128plusFromState(hashNumbers([seed, ...path]))
  let spare: number | null = null

  // The high bits of each word: the lowest ones of this generator are a linear shift register.
  const uniform = (): number => ((generator.next() >>> 5) * TWO_26 + (generator.next() >>> 6)) * TWO_MINUS_53

  const normal = (): number => {
    if (spare !== null) {
      const last = spare
      spare = null
      return last
    }
    for (;;) {
      const u = 2 * uniform() - 1
      const v = 2 * uniform() - 1
      const square = u * u + v * v
      if (square >= 1 || square === 0) continue
      const scale = Math.sqrt((-2 * log(square)) / square)
      spare = v * scale
      return u * scale
    }
  }

  return { uniform, normal }
}
