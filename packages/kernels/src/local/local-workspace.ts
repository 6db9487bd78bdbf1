import { applyFlips } from './apply-flips.js'
import { applyStrided } from './apply-strided.js'
import type { LocalOperator, LocalProgram } from './local-program.js'
import { RECORD } from './local-program.js'
import type { LocalKernels } from './wasm-engine.js'
import { wasmKernels } from './wasm-engine.js'

/**
 * Complex vectors of one length and the operators that act on them, in one piece of memory: nothing is allocated or copied by any of
 * these functions. Vectors are numbered from 0 and start as zero.
 */
export interface LocalWorkspace {
  /** 'wasm-simd' or 'js', which give the same bits. */
  readonly id: 'wasm-simd' | 'js'
  readonly length: number
  readonly vectors: number
  /** The planes of a vector, to be filled or read by the caller. */
  vector(index: number): { readonly re: Float64Array; readonly im: Float64Array }
  /** to = keep·to + shift·from + (re + i im)·O from, with `keep` 0 where `to` is not read; `from` and `to` differ. */
  apply(operator: number, from: number, to: number, re: number, im: number, shift: number, keep: number): void
  /** Writes Re and Im of ⟨a|b⟩. */
  inner(a: number, b: number, out: Float64Array): void
  /** Re ⟨a|b⟩. */
  overlap(a: number, b: number): number
  /** to += (re + i im)·from. */
  add(from: number, to: number, re: number, im: number): void
  copy(from: number, to: number): void
  scale(vector: number, factor: number): void
  clear(vector: number): void
}

/** Planes start at cache lines. */
const SPACING = 64
/** Room before the first plane: address 0 stands for none. */
const START = 64

const bytesOf = (array: { readonly byteLength: number }): number => Math.ceil(array.byteLength / SPACING) * SPACING + SPACING

const programsOf = (operators: readonly LocalOperator[]): readonly LocalProgram[] =>
  operators.flatMap(({ re, im }) => [re, im].filter((each) => each !== null))

const programBytes = (program: LocalProgram): number => {
  if (program.kind === 'strided') return 0
  const { records, values, diagonal } = program
  return bytesOf(records) + bytesOf(values) + (diagonal === null ? 0 : bytesOf(diagonal))
}

/** Bytes a workspace takes: two planes of doubles per vector, and the operators. */
export const localWorkspaceBytes = (length: number, operators: readonly LocalOperator[], vectors: number): number =>
  START + programsOf(operators).reduce((sum, program) => sum + programBytes(program), 0) + 2 * vectors * bytesOf({ byteLength: 8 * length })

interface PlaneEngine {
  readonly id: 'wasm-simd' | 'js'
  /** [vector, part]. */
  readonly planes: readonly Float64Array[]
  apply(program: LocalProgram, from: number, to: number, scale: number, shift: number, keep: number): void
  dot(a: number, b: number): number
  add(from: number, to: number, factor: number): void
}

const plainEngine = (length: number, planes: number): PlaneEngine => {
  const list = Array.from({ length: planes }, () => new Float64Array(length))
  const sums = new Float64Array(8)
  return {
    id: 'js',
    planes: list,
    apply: (program, from, to, scale, shift, keep) => {
      if (program.kind === 'flips') applyFlips(program, list[from]!, list[to]!, scale, shift, keep)
      else applyStrided(program, list[from]!, list[to]!, scale, shift, keep)
    },
    dot: (a, b) => dotPlanes(list[a]!, list[b]!, sums),
    add: (from, to, factor) => addPlanes(list[from]!, list[to]!, factor),
  }
}

/** Eight partial sums, as assembly/local-terms.ts takes them. */
const dotPlanes = (a: Float64Array, b: Float64Array, sums: Float64Array): number => {
  const whole = a.length & ~7
  sums.fill(0)
  for (let at = 0; at < whole; at += 8) {
    for (let lane = 0; lane < 8; lane++) sums[lane] = sums[lane]! + a[at + lane]! * b[at + lane]!
  }
  let total = (sums[0]! + sums[2]! + (sums[4]! + sums[6]!)) + (sums[1]! + sums[3]! + (sums[5]! + sums[7]!))
  for (let at = whole; at < a.length; at++) total += a[at]! * b[at]!
  return total
}

const addPlanes = (from: Float64Array, to: Float64Array, factor: number): void => {
  for (let i = 0; i < to.length; i++) to[i] = to[i]! + factor * from[i]!
}

const wasmEngine = (length: number, planes: number, programs: readonly LocalProgram[], bytes: number): PlaneEngine | null => {
  const found = wasmKernels(bytes)
  if (found === null) return null
  const { kernels, buffer } = found
  let next = START
  const place = (size: number): number => {
    const offset = next
    next += bytesOf({ byteLength: size })
    return offset
  }
  const run = new Map<LocalProgram, Parameters<typeof bound>[1]>()
  for (const program of programs) {
    if (program.kind === 'strided' || run.has(program)) continue
    const records = place(program.records.byteLength)
    new Int32Array(buffer, records, program.records.length).set(program.records)
    const values = place(program.values.byteLength)
    new Float64Array(buffer, values, program.values.length).set(program.values)
    let diagonal = 0
    if (program.diagonal !== null) {
      diagonal = place(program.diagonal.byteLength)
      new Float64Array(buffer, diagonal, length).set(program.diagonal)
    }
    run.set(program, { records, count: program.records.length / RECORD, values, diagonal, block: program.block })
  }
  const offsets = Array.from({ length: planes }, () => place(8 * length))
  const list = offsets.map((offset) => new Float64Array(buffer, offset, length))
  const sums = new Float64Array(8)
  return {
    id: 'wasm-simd',
    planes: list,
    apply: (program, from, to, scale, shift, keep) => {
      if (program.kind === 'strided') applyStrided(program, list[from]!, list[to]!, scale, shift, keep)
      else bound(kernels, run.get(program)!, offsets[from]!, offsets[to]!, length, scale, shift, keep)
    },
    dot: (a, b) => (length >= 8 ? kernels.dot(offsets[a]!, offsets[b]!, length) : dotPlanes(list[a]!, list[b]!, sums)),
    add: (from, to, factor) => kernels.add(offsets[from]!, offsets[to]!, length, factor),
  }
}

const bound = (
  kernels: LocalKernels, program: { readonly records: number; readonly count: number; readonly values: number; readonly diagonal: number; readonly block: number },
  from: number, to: number, length: number, scale: number, shift: number, keep: number,
): void => {
  const { records, count, values, diagonal, block } = program
  kernels.applyFlips(records, count, values, diagonal, from, to, length, block, scale, shift, keep)
}

/**
 * Makes room for `vectors` complex vectors beside the operators. `plain` forces plain JavaScript (an oracle, and the fallback where there is
 * no SIMD). Throws a RangeError where the memory is not to be had: ask `localWorkspaceBytes` before.
 */
export const localWorkspace = (length: number, operators: readonly LocalOperator[], vectors: number, plain = false): LocalWorkspace => {
  const engine = (plain ? null : wasmEngine(length, 2 * vectors, programsOf(operators), localWorkspaceBytes(length, operators, vectors)))
    ?? plainEngine(length, 2 * vectors)
  const { planes } = engine
  const pairs = Array.from({ length: vectors }, (_, index) => ({ re: planes[2 * index]!, im: planes[2 * index + 1]! }))
  const part = (program: LocalProgram | null, from: number, to: number, scale: number): void => {
    if (program !== null && scale !== 0) engine.apply(program, from, to, scale, 0, 1)
  }
  /** First pass over a plane: `keep` and `shift` beside whatever the program adds. */
  const open = (program: LocalProgram | null, from: number, to: number, scale: number, shift: number, keep: number): void => {
    if (program !== null) engine.apply(program, from, to, scale, shift, keep)
    else if (keep === 0) {
      const [x, out] = [planes[from]!, planes[to]!]
      for (let i = 0; i < length; i++) out[i] = shift * x[i]!
    } else {
      if (keep !== 1) scalePlane(planes[to]!, keep)
      if (shift !== 0) engine.add(from, to, shift)
    }
  }
  return {
    id: engine.id,
    length,
    vectors,
    vector: (index) => pairs[index]!,
    apply: (operator, from, to, re, im, shift, keep) => {
      const chosen = operators[operator]!
      const [x, xi, y, yi] = [2 * from, 2 * from + 1, 2 * to, 2 * to + 1]
      open(chosen.re, x, y, re, shift, keep)
      open(chosen.re, xi, yi, re, shift, keep)
      // (R + i I)(x + i xi): the real part takes −I xi, the imaginary part I x; times i they change places.
      part(chosen.im, xi, y, -re)
      part(chosen.im, x, yi, re)
      if (im === 0) return
      part(chosen.re, xi, y, -im)
      part(chosen.re, x, yi, im)
      part(chosen.im, x, y, -im)
      part(chosen.im, xi, yi, -im)
    },
    inner: (a, b, out) => {
      out[0] = engine.dot(2 * a, 2 * b) + engine.dot(2 * a + 1, 2 * b + 1)
      out[1] = engine.dot(2 * a, 2 * b + 1) - engine.dot(2 * a + 1, 2 * b)
    },
    overlap: (a, b) => engine.dot(2 * a, 2 * b) + engine.dot(2 * a + 1, 2 * b + 1),
    add: (from, to, re, im) => {
      if (re !== 0) {
        engine.add(2 * from, 2 * to, re)
        engine.add(2 * from + 1, 2 * to + 1, re)
      }
      if (im !== 0) {
        engine.add(2 * from + 1, 2 * to, -im)
        engine.add(2 * from, 2 * to + 1, im)
      }
    },
    copy: (from, to) => {
      planes[2 * to]!.set(planes[2 * from]!)
      planes[2 * to + 1]!.set(planes[2 * from + 1]!)
    },
    scale: (vector, factor) => {
      scalePlane(planes[2 * vector]!, factor)
      scalePlane(planes[2 * vector + 1]!, factor)
    },
    clear: (vector) => {
      planes[2 * vector]!.fill(0)
      planes[2 * vector + 1]!.fill(0)
    },
  }
}

const scalePlane = (plane: Float64Array, factor: number): void => {
  for (let i = 0; i < plane.length; i++) plane[i] = plane[i]! * factor
}
