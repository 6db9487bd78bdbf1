import type { Planes } from '@mesobath/contracts'
import { planesView } from '@mesobath/kernels'
import type { Couplings } from './couplings.js'
import type { Region } from './hamiltonian-matrix.js'
import type { ComponentHamiltonian } from './hamiltonian.js'
import type { Pace } from './pace.js'

/** Entries written between two breaths: some milliseconds. */
const ENTRIES = 500_000
/** Operations that writing an entry counts for. */
const PER_ENTRY = 100

/** Writes a region of H, zeroed before, in bands of rows, so that a signal is heard between them; false where it was. */
export const writeInBands = async (hamiltonian: ComponentHamiltonian, couplings: Couplings, region: Region, out: Planes, pace: Pace): Promise<boolean> => {
  const { rows, columns, lower } = region
  const width = columns.to - columns.from
  const most = Math.max(1, Math.floor(ENTRIES / Math.max(1, width)))
  for (let from = rows.from; from < rows.to; from += most) {
    const to = Math.min(rows.to, from + most)
    hamiltonian.write(couplings, { rows: { from, to }, columns, lower }, planesView(out, (from - rows.from) * width, (to - rows.from) * width))
    if (pace.due(PER_ENTRY * (to - from) * width) && !(await pace.breathe())) return false
  }
  return true
}
