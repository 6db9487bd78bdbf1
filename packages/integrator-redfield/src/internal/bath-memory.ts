import { fail, issue, succeed } from '@mesobath/contracts'
import type { Host, Outcome } from '@mesobath/contracts'
import type { PreparedBath } from '@mesobath/composition'
import type { Parts } from '@mesobath/kernels'
import { correlationTables, tablePlanes } from './correlation-tables.js'
import type { Course } from './course.js'
import { couplingElements } from './coupling-elements.js'
import type { CouplingElements } from './coupling-elements.js'
import type { MemoryChoice } from './entrance.js'
import { windowGaps } from './flat-window-gaps.js'
import { flatWindowKernel } from './flat-window-kernel.js'
import { flatWindowMemory } from './flat-window-memory.js'
import { flatWindowToday } from './flat-window-today.js'
import type { Ground } from './ground.js'
import type { History } from './history.js'
import type { MemoryKernel } from './memory-kernel.js'
import { fullPlanes } from './numbers.js'
import { tabulatedKernel } from './tabulated-kernel.js'
import { tabulatedMemory } from './tabulated-memory.js'
import { tabulatedToday } from './tabulated-today.js'
import { tableTolerance } from './tolerances.js'
import { transformTable } from './transform-table.js'
import type { TransformTable } from './transform-table.js'
import { windowPairs } from './window-pairs.js'
import type { WindowPairs } from './window-pairs.js'

/** The memory of one bath, and the frequencies of its correlation function. */
export interface BathMemory {
  readonly kernel: MemoryKernel
  /** Bound of the frequencies in C(E,E';−τ) over all pairs of windows. */
  readonly bandwidth: number
}

/** The sets of energies that constant segments hold, each once. */
const heldEnergies = ({ settings }: Course): readonly Float64Array[] => {
  const distinct = new Map<string, Float64Array>()
  for (const { energies } of settings) if (!distinct.has(energies.join(' '))) distinct.set(energies.join(' '), energies)
  return [...distinct.values()]
}

function* tabulatedBath(
  bath: PreparedBath, bandwidth: number, pairs: WindowPairs, elements: CouplingElements, ground: Ground, past: History, memory: MemoryChoice,
  host: Host, tolerance: number,
): Parts<Outcome<BathMemory>> {
  const { course, reach, lattice: { dimension }, initial: { memoryStart } } = ground
  const end = memoryStart + reach
  const table = (energies: Float64Array): Parts<Outcome<TransformTable>> =>
    transformTable(bath, pairs, elements, energies, reach, tableTolerance(tolerance), host.memoryLimit)
  const held: TransformTable[] = []
  for (const energies of heldEnergies(course)) {
    const made = yield* table(energies)
    if (made._tag === 'Left') return made
    held.push(made.right)
    yield
  }
  // Where all energies are equal, ω = 0: the integral of C itself.
  const still = course.smooth.length > 0 ? yield* table(new Float64Array(dimension)) : succeed(null)
  if (still._tag === 'Left') return still
  yield
  const tables = correlationTables(pairs, elements, held, still.right)
  const integrals = fullPlanes(tables.size)
  const values = tablePlanes(pairs, elements, held)
  const source = memory === 'from-start'
    ? tabulatedToday(bath.axis, bandwidth, tables, values, elements, past, memoryStart, integrals)
    : tabulatedMemory(bath.axis, bandwidth, tables, values, elements, past, dimension, end, integrals)
  return succeed({ kernel: tabulatedKernel(bath, pairs, elements, integrals, source), bandwidth })
}

/** Issues: `integrator-redfield/no-finite-time`, `integrator-redfield/rates-not-finite`, `integrator-redfield/memory`, those of the rate model. */
export function* bathMemory(
  bath: PreparedBath, ground: Ground, past: History, memory: MemoryChoice, host: Host, tolerance: number,
): Parts<Outcome<BathMemory>> {
  const { lineShape } = bath.correlation
  const { lattice: { dimension }, initial: { memoryStart }, reach } = ground
  const end = memoryStart + reach
  if (lineShape.kind === 'flat-window' && !lineShape.finiteTime) {
    return fail(issue('integrator-redfield/no-finite-time', ['rates', bath.label],
      `\`rates.${bath.label}\` must have a correlation function at finite times, but that of "${bath.rates.name}" does not decay; `
      + 'take the microscopic sum (rates-microscopic) or the random-matrix rates (rates-rmt)'))
  }
  const elements = couplingElements(bath.systemCouplings, dimension)
  const coupled = yield* windowPairs(bath)
  if (coupled._tag === 'Left') return coupled
  const pairs = coupled.right
  yield
  if (lineShape.kind === 'own') return yield* tabulatedBath(bath, lineShape.bandwidth, pairs, elements, ground, past, memory, host, tolerance)
  const gaps = yield* windowGaps(bath.windows.energies, lineShape.width, pairs)
  yield
  const integrals = fullPlanes(gaps.values.length * elements.count)
  const source = memory === 'from-start'
    ? flatWindowToday(bath.axis, gaps, elements, past, memoryStart, integrals)
    : flatWindowMemory(bath.axis, gaps, elements, past, dimension, end, integrals)
  return succeed({ kernel: flatWindowKernel(bath, pairs, elements, gaps, integrals, source), bandwidth: gaps.largest + lineShape.width })
}
