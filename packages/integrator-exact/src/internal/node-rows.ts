import type { MicroscopicModel } from './microscopic-model.js'
import { jointLevels, windowOf } from './microscopic-model.js'
import type { Component } from './structure.js'

/** m_kq = Σ_α ⟨B^α⟩_E S^α_kq of one window of one bath, from another level. */
interface MeanElement {
  readonly bath: number
  readonly sourceRow: number
  readonly re: number
  readonly im: number
}

/** Rows of one node: its joint levels and what the means add. */
export interface NodeRows {
  readonly level: number
  readonly from: number
  readonly levels: Float64Array
  /** m_kk [baths]. */
  readonly means: Float64Array
  readonly elements: readonly MeanElement[]
}

/** Everything of H on a component but its products B·Y. */
export const nodeRows = (model: MicroscopicModel, component: Component): readonly NodeRows[] =>
  component.blocks.flatMap((block) => block.windows.map((joint, at): NodeRows => {
    const elements: MeanElement[] = []
    const means = new Float64Array(model.baths.length)
    model.baths.forEach((part, bath) => {
      const window = windowOf(model, joint, bath)
      for (const source of component.blocks) {
        let re = 0
        let im = 0
        part.systemCouplings.forEach((matrix, coupling) => {
          const entry = block.level * matrix.columns + source.level
          re += part.means[coupling]![window]! * matrix.re[entry]!
          im += matrix.im === null ? 0 : part.means[coupling]![window]! * matrix.im[entry]!
        })
        if (source === block) means[bath] = re
        else if (re !== 0 || im !== 0) elements.push({ bath, sourceRow: source.rows[source.windows.indexOf(joint)]!, re, im })
      }
    })
    return { level: block.level, from: block.rows[at]!, levels: jointLevels(model, joint), means, elements }
  }))
