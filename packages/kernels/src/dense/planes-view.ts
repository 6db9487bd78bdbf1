import type { Planes } from '@mesobath/contracts'

/** A stretch of planes that reads through to its owner, so that it survives the growth of a backend's memory. */
class View implements Planes {
  readonly #owner: Planes
  readonly #from: number
  readonly #to: number
  readonly #realOnly: boolean
  #real: Float64Array | null = null
  #imaginary: Float64Array | null = null

  constructor(owner: Planes, from: number, to: number, realOnly: boolean) {
    this.#owner = owner
    this.#from = from
    this.#to = to
    this.#realOnly = realOnly
  }

  get re(): Float64Array {
    const { re } = this.#owner
    if (this.#real === null || this.#real.buffer !== re.buffer) this.#real = re.subarray(this.#from, this.#to)
    return this.#real
  }

  get im(): Float64Array | null {
    const im = this.#realOnly ? null : this.#owner.im
    if (im === null) return null
    if (this.#imaginary === null || this.#imaginary.buffer !== im.buffer) this.#imaginary = im.subarray(this.#from, this.#to)
    return this.#imaginary
  }
}

/**
 * Entries [from, to) of `planes` as planes of their own, nothing copied; valid as long as `planes` are. With `realOnly` the
 * imaginary plane is left out: real numbers in room that was made for complex ones.
 */
export const planesView = (planes: Planes, from: number, to: number, realOnly = false): Planes => new View(planes, from, to, realOnly)
