/** Bytes kept at most: all that one run of a thousand joint levels takes. */
const MOST_BYTES = 256 * 1024 * 1024
/** Arrays below are not worth keeping. */
const LEAST_BYTES = 64 * 1024

/** Arrays of numbers that are lent again: an operating system takes longer to hand out fresh memory than it takes to fill it with zeros. */
export class NumberPool {
  readonly #spare: Float64Array[] = []
  #bytes = 0

  /** Zeros. */
  take(length: number): Float64Array {
    return this.#find(length)?.fill(0) ?? new Float64Array(length)
  }

  /** Whatever was in them last. */
  lend(length: number): Float64Array {
    return this.#find(length) ?? new Float64Array(length)
  }

  #find(length: number): Float64Array | null {
    const at = this.#spare.findIndex((array) => array.length === length)
    if (at < 0) return null
    const [array] = this.#spare.splice(at, 1)
    this.#bytes -= array!.byteLength
    return array!
  }

  /** Takes back what nobody uses any more; the oldest ones go where there is too much. */
  give(array: Float64Array): void {
    if (array.byteLength < LEAST_BYTES || array.byteLength > MOST_BYTES) return
    this.#spare.push(array)
    this.#bytes += array.byteLength
    while (this.#bytes > MOST_BYTES) this.#bytes -= this.#spare.shift()!.byteLength
  }
}
