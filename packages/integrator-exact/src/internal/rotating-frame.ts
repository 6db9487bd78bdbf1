import type { Planes } from '@mesobath/contracts'
import { sinCos } from '@mesobath/kernels'
import type { State, Workshop } from './evolution.js'
import { jointLevels } from './microscopic-model.js'

/**
 * The frame that turns with everything diagonal, y = e^{iΦ} Ψ, Φ = ΣE_i (t − t₀) + ∫ε_k dt: in it only the interactions move the state,
 * ∂t y = −i e^{iΦ} Σ λ_ν V_ν e^{−iΦ} y.
 */
export interface RotatingFrame {
  /** Phases at `elapsed` = t − t₀ and φ_k = ∫ε_k dt [d]. */
  set(elapsed: number, phases: Float64Array): void
  /** out = e^{−iΦ} (y + step). */
  leave(y: State, step: State | null, out: State): void
  /** out += −i·factor·e^{iΦ} x, or is set to it. */
  enter(x: Planes, component: number, factor: number, out: Planes, accumulate: boolean): void
}

interface Rows {
  readonly levels: Float64Array
  readonly system: Int32Array
  readonly cos: Float64Array
  readonly sin: Float64Array
}

/** Makes the frame of a workshop's components. */
export const rotatingFrame = ({ model, structure, batches }: Workshop): RotatingFrame => {
  const components = structure.components.map((component): Rows => {
    const levels = new Float64Array(component.dimension)
    const system = new Int32Array(component.dimension)
    for (const block of component.blocks) {
      system.fill(block.level, block.from, block.to)
      block.windows.forEach((window, at) => levels.set(jointLevels(model, window), block.rows[at]!))
    }
    return { levels, system, cos: new Float64Array(component.dimension), sin: new Float64Array(component.dimension) }
  })
  const pair = new Float64Array(2)

  const leaveOne = ({ cos, sin }: Rows, y: Planes, step: Planes | null, out: Planes): void => {
    const yRe = y.re, yIm = y.im!, outRe = out.re, outIm = out.im!
    const stepRe = step === null ? null : step.re
    const stepIm = step === null ? null : step.im
    const width = yRe.length / cos.length
    let at = 0
    for (let row = 0; row < cos.length; row++) {
      const c = cos[row]!
      const s = sin[row]!
      for (const end = at + width; at < end; at++) {
        let a = yRe[at]!
        let b = yIm[at]!
        if (stepRe !== null && stepIm !== null) {
          a += stepRe[at]!
          b += stepIm[at]!
        }
        outRe[at] = c * a + s * b
        outIm[at] = c * b - s * a
      }
    }
  }

  return {
    set: (elapsed, phases) => {
      for (const { levels, system, cos, sin } of components) {
        for (let row = 0; row < levels.length; row++) {
          sinCos(levels[row]! * elapsed + phases[system[row]!]!, pair)
          sin[row] = pair[0]!
          cos[row] = pair[1]!
        }
      }
    },
    leave: (y, step, out) => {
      for (let b = 0; b < batches.length; b++) {
        const own = batches[b]!.components
        for (let order = 0; order < own.length; order++) {
          leaveOne(components[own[order]!]!, y[b]![order]!, step === null ? null : step[b]![order]!, out[b]![order]!)
        }
      }
    },
    enter: (x, component, factor, out, accumulate) => {
      const { cos, sin } = components[component]!
      const xRe = x.re, xIm = x.im!, outRe = out.re, outIm = out.im!
      const width = xRe.length / cos.length
      let at = 0
      for (let row = 0; row < cos.length; row++) {
        const c = factor * cos[row]!
        const s = factor * sin[row]!
        for (const end = at + width; at < end; at++) {
          // −i (c + is)(a + ib) = (sa + cb) − i(ca − sb)
          const re = s * xRe[at]! + c * xIm[at]!
          const im = s * xIm[at]! - c * xRe[at]!
          outRe[at] = accumulate ? outRe[at]! + re : re
          outIm[at] = accumulate ? outIm[at]! + im : im
        }
      }
    },
  }
}
