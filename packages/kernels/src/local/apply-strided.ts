import type { StridedProgram } from './local-program.js'

/** Deepest nest of loops of one term. */
const DEPTH = 64
const position = new Int32Array(DEPTH)

/** out = keep·out + shift·x + scale·P x, where `keep` is 0 without reading out. */
export const applyStrided = (program: StridedProgram, x: Float64Array, out: Float64Array, scale: number, shift: number, keep: number): void => {
  for (let i = 0; i < program.length; i++) out[i] = keep === 0 ? shift * x[i]! : keep * out[i]! + shift * x[i]!
  for (const { counts, steps, rows, columns, values } of program.terms) {
    const inner = counts.length - 1
    const run = counts[inner]!
    position.fill(0, 0, counts.length)
    for (let base = 0; base >= 0;) {
      for (let at = 0; at < values.length; at++) {
        const factor = scale * values[at]!
        const row = base + rows[at]!
        const column = base + columns[at]!
        for (let i = 0; i < run; i++) out[row + i] = out[row + i]! + factor * x[column + i]!
      }
      // The next configuration of the sites that the term leaves alone, the innermost of these loops first.
      let loop = inner - 1
      for (; loop >= 0; loop--) {
        position[loop] = position[loop]! + 1
        base += steps[loop]!
        if (position[loop]! < counts[loop]!) break
        base -= steps[loop]! * counts[loop]!
        position[loop] = 0
      }
      if (loop < 0) break
    }
  }
}
