import { succeed } from '@mesobath/contracts'
import type { Outcome, Segment } from '@mesobath/contracts'
import type { Setting } from '@mesobath/composition'
import { isQuench, sameSetting, settingAt } from './course.js'
import type { History } from './history.js'
import type { MemoryKernel } from './memory-kernel.js'
import { chebyshevPanels } from './panels.js'
import type { Panel } from './panels.js'
import { tableTolerance } from './tolerances.js'

/**
 * What the memory of the full equation holds: `kernel` everything since memory began, with the phases that the levels had; `restarted` the
 * same since the last quench; `from-start` a past as long, in which energies and strengths were always today's, as the paper prints it.
 */
export type MemoryChoice = 'kernel' | 'restarted' | 'from-start'

/** Brings history and kernels to a new segment; whether anything changed by it. Issue `integrator-redfield/drive`. */
export type Entrance = (segment: Segment, setting: Setting) => Outcome<boolean>

/**
 * How a segment enters the memory: appended ('kernel'), alone after a quench ('restarted'), always alone ('from-start').
 *
 * @param before - energies and strengths just before the first segment; null where nothing was
 */
export const entrance = (
  memory: MemoryChoice, past: History, kernels: readonly MemoryKernel[], bandwidth: number, tolerance: number, before: Setting | null,
): Entrance => {
  let last = before
  return (segment, setting) => {
    const levels = setting.energies.length
    const baths = setting.strengths.length
    let panels: readonly Panel[] = []
    if (!segment.constant) {
      const built = chebyshevPanels(segment, levels, baths, bandwidth, tableTolerance(tolerance))
      if (built._tag === 'Left') return built
      panels = built.right
    }
    const begins = memory === 'from-start'
      ? !segment.constant || !sameAsNewest(past, setting)
      : memory === 'restarted' && last !== null && isQuench(last, setting)
    if (begins) {
      past.forget()
      for (let i = 0; i < kernels.length; i += 1) kernels[i].forget()
    }
    last = segment.constant ? setting : settingAt(segment, segment.to, levels, baths)
    if (segment.constant) {
      if (!past.hold(segment.from, segment.to, setting)) return succeed(false)
    } else past.follow(panels)
    for (let i = 0; i < kernels.length; i += 1) kernels[i].enter()
    return succeed(true)
  }
}

const sameAsNewest = (past: History, setting: Setting): boolean => {
  const newest = past.blocks.at(-1)?.setting
  return newest != null && sameSetting(newest, setting)
}

