import type { Planes, Rows } from '@mesobath/contracts'
import { hermitianEigenbasis, planesView } from '@mesobath/kernels'
import type { Workshop } from './evolution.js'
import type { Couplings } from './couplings.js'
import { nodeRanges, rowsOfOthers } from './node-ranges.js'
import type { Pace } from './pace.js'
import { writeInBands } from './write-in-bands.js'

/** Eigenvalues and eigenvectors, as columns, of one component. */
export interface Basis {
  readonly dimension: number
  readonly values: Float64Array
  /** Those rows of the eigenvectors that were wanted, and they [rows, dimension]. */
  readonly rows: Rows
  readonly vectors: Planes
}

/** Rows [from, to) of the eigenvectors. */
export const vectorRows = ({ dimension, rows, vectors }: Basis, { from, to }: Rows): Planes =>
  planesView(vectors, (from - rows.from) * dimension, (to - rows.from) * dimension)

/** H of all components, diagonalised at one setting. */
export interface Eigensystem {
  readonly bases: readonly Basis[]
  dispose(): void
}

/** Diagonalises H of every component, `alone` for the rows of all nodes but its largest; null where an eigenvalue iteration did not converge. */
export const diagonaliseAll = async (shop: Workshop, couplings: Couplings, alone: boolean, pace: Pace): Promise<Eigensystem | 'cancelled' | null> => {
  const { backend, model } = shop
  const bases: Basis[] = []
  const dispose = (): void => {
    for (const { vectors } of bases) backend.release(vectors)
    bases.length = 0
  }
  for (const hamiltonian of shop.hamiltonians) {
    const { dimension } = hamiltonian.component
    const rows = alone ? rowsOfOthers(nodeRanges(model, hamiltonian.component)) : { from: 0, to: dimension }
    const matrix = backend.allocate(dimension, dimension, model.real)
    let vectors: Planes | null = null
    try {
      if (!(await writeInBands(hamiltonian, couplings, { rows: { from: 0, to: dimension }, columns: { from: 0, to: dimension }, lower: true }, matrix, pace))) {
        dispose()
        return 'cancelled'
      }
      vectors = backend.allocate(rows.to - rows.from, dimension, model.real)
      const values = new Float64Array(dimension)
      const ending = await hermitianEigenbasis(backend, matrix, dimension, values, vectors, () => pace.breathe(), rows)
      if (ending !== 'ok') {
        dispose()
        return ending === 'cancelled' ? ending : null
      }
      bases.push({ dimension, values, rows, vectors })
      vectors = null
    } finally {
      backend.release(matrix)
      if (vectors !== null) backend.release(vectors)
    }
  }
  return { bases, dispose }
}
