import type { Setting } from '@mesobath/composition'
import { chebyshevSum } from './chebyshev-series.js'
import { sameSetting } from './course.js'
import { PANEL_NODES, panelPhase, placeIn } from './panels.js'
import type { Panel } from './panels.js'

/** A stretch within the reach of memory: of constant setting, or one panel of a smooth segment. */
export interface Block {
  readonly from: number
  /** Where the next one begins; of the newest, the end of its segment. */
  readonly to: number
  /** One of both. */
  readonly setting: Setting | null
  readonly panel: Panel | null
  /** ∫ (ε_k − ε_0) ds from the beginning of memory to `from` [d]. */
  readonly phases: Float64Array
}

/** What H_S and the strengths were since memory began, and are at the time looked at last. */
export interface History {
  readonly blocks: readonly Block[]
  /** Appends a constant stretch; false where the setting did not change, so that a stop without a jump is none. */
  hold(from: number, to: number, setting: Setting): boolean
  /** Appends the panels of a smooth segment. */
  follow(panels: readonly Panel[]): void
  /** Drops everything: memory begins anew with what comes next. */
  forget(): void
  /** Looks at a time from the beginning of memory to the end of the newest segment: everything below is then of that time. */
  look(time: number): void
  /** Where the block of a time ends. */
  endOf(time: number): number
  /** Index of the block. */
  readonly block: number
  readonly energies: Float64Array
  /** ∂t ε_k, exactly 0 in a constant stretch. */
  readonly slopes: Float64Array
  readonly strengths: Float64Array
  /** ∫ (ε_k − ε_0) ds since the block began [d]. */
  readonly phases: Float64Array
}

interface OpenBlock extends Block {
  to: number
}

export const history = (dimension: number, baths: number): History => {
  const blocks: OpenBlock[] = []
  const energies = new Float64Array(dimension)
  const slopes = new Float64Array(dimension)
  const strengths = new Float64Array(baths)
  const phases = new Float64Array(dimension)
  let block = 0
  let looked = Number.NaN

  // Differences to ε_0: a common shift of all energies is no phase.
  const passed = ({ setting, panel, from }: Block, time: number, out: Float64Array): void => {
    if (setting !== null) {
      for (let k = 0; k < dimension; k += 1) out[k] = (setting.energies[k] - setting.energies[0]) * (time - from)
      return
    }
    const x = placeIn(panel as Panel, time)
    for (let k = 0; k < dimension; k += 1) out[k] = panelPhase(panel as Panel, k, x)
  }
  const append = (from: number, to: number, setting: Setting | null, panel: Panel | null): void => {
    const begun = new Float64Array(dimension)
    const last = blocks.at(-1)
    if (last !== undefined) {
      passed(last, last.to, begun)
      for (let k = 0; k < dimension; k += 1) begun[k] += last.phases[k]
    }
    blocks.push({ from, to, setting, panel, phases: begun })
    looked = Number.NaN
  }
  const find = (time: number): number => {
    let low = 0
    let high = blocks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (blocks[middle].from <= time) low = middle
      else high = middle - 1
    }
    return low
  }

  return {
    blocks, energies, slopes, strengths, phases,
    get block() {
      return block
    },
    hold: (from, to, setting) => {
      const last = blocks.at(-1)
      if (last !== undefined && last.setting !== null && sameSetting(last.setting, setting)) {
        last.to = to
        looked = Number.NaN
        return false
      }
      append(from, to, setting, null)
      return true
    },
    follow: (panels) => {
      for (const panel of panels) append(panel.from, panel.to, null, panel)
    },
    forget: () => {
      blocks.length = 0
      looked = Number.NaN
    },
    endOf: (time) => blocks[find(time)].to,
    look: (time) => {
      if (time === looked) return
      looked = time
      block = find(time)
      const here = blocks[block]
      passed(here, time, phases)
      if (here.setting !== null) {
        energies.set(here.setting.energies)
        strengths.set(here.setting.strengths)
        slopes.fill(0)
        return
      }
      const panel = here.panel as Panel
      const x = placeIn(panel, time)
      for (let k = 0; k < dimension; k += 1) {
        energies[k] = chebyshevSum(panel.energies, k * PANEL_NODES, PANEL_NODES, x)
        slopes[k] = chebyshevSum(panel.slopes, k * PANEL_NODES, PANEL_NODES, x)
      }
      for (let b = 0; b < baths; b += 1) strengths[b] = chebyshevSum(panel.strengths, b * PANEL_NODES, PANEL_NODES, x)
    },
  }
}
