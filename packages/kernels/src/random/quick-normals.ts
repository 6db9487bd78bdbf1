import { decodeBase64 } from '../dense/base64.js'
import { hashNumbers } from '../internal/hash.js'
import { webAssembly } from '../threads/web-assembly.js'
import { useNormals } from './normal-stream.js'
import type { NormalStream } from './normal-stream.js'
import { WASM_BASE64 } from './wasm-bytes.js'

/** assembly/normals.ts, in the memory of which streams take turns. */
interface Engine {
  readonly draw: (count: number) => void
  /** Words of the generator, low ones first; the normal that is over, and whether there is one. */
  readonly words: Int32Array
  readonly spare: Float64Array
  readonly numbers: Float64Array
}

/** The memory of the kernel: one page. */
const PAGE = 65536
const GENERATOR_WORDS = 4
const SPARE = 2
const HAS_SPARE = 6

const openEngine = (): Engine | null => {
  const { Module, Instance } = webAssembly() ?? {}
  if (Module === undefined || Instance === undefined) return null
  try {
    const { exports } = new Instance(new Module(decodeBase64(WASM_BASE64)), {})
    const { buffer } = exports.memory as { readonly buffer: ArrayBuffer }
    const from = (exports.numbersAt as () => number)()
    return {
      draw: exports.draw as Engine['draw'], words: new Int32Array(buffer, 0, HAS_SPARE + 1), spare: new Float64Array(buffer, 0, SPARE + 1),
      numbers: new Float64Array(buffer, from, (PAGE - from) / 8),
    }
  } catch {
    // Compiling may be forbidden here.
    return null
  }
}

/** A stream that keeps its place while others use the engine. */
const streamOf = ({ draw, words, spare, numbers }: Engine, [high0, low0, high1, low1]: readonly [number, number, number, number]): NormalStream => {
  const own = Int32Array.of(low0, high0, low1, high1)
  let over = 0
  let isOver = 0
  return (out) => {
    words.set(own)
    spare[SPARE] = over
    words[HAS_SPARE] = isOver
    for (let at = 0; at < out.length; at += numbers.length) {
      const part = Math.min(numbers.length, out.length - at)
      draw(part)
      out.set(part === numbers.length ? numbers : numbers.subarray(0, part), at)
    }
    own.set(words.subarray(0, GENERATOR_WORDS))
    over = spare[SPARE]!
    isOver = words[HAS_SPARE]!
  }
}

/** Compiled once, when first asked for; null where there is none. */
let engine: Engine | null | undefined

/**
 * From now on {@link normalStream} draws by WebAssembly where the engine has it: the same bits, several times as fast. Not before it is asked for, since pages
 * that draw little are better off without its code.
 */
export const quickenNormals = (): void => {
  if (engine !== undefined) return
  const found = engine = openEngine()
  if (found !== null) useNormals((seed, ...path) => streamOf(found, hashNumbers([seed, ...path])))
}
