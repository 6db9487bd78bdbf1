import type { DenseBackend, Planes, SinglePrecision } from '@mesobath/contracts'
import { planesView } from '@mesobath/kernels'
import type { Workshop } from './evolution.js'
import { gramKernel } from './gram.js'
import type { GramKernel } from './gram.js'
import type { ComponentHamiltonian } from './hamiltonian.js'
import { componentHamiltonian } from './hamiltonian.js'
import { loadMatrices } from './matrices.js'
import type { MicroscopicModel } from './microscopic-model.js'
import type { Pace } from './pace.js'
import { singleShop } from './single-shop.js'
import type { SingleShop } from './single-shop.js'
import type { Sizing } from './sizing.js'

/** A backend ran out of memory: an expected failure, reported as an issue. */
export class OutOfMemory extends Error {}

/** What `ask` lends, with its RangeError for lack of memory told apart. */
const guard = <T>(size: string, ask: () => T): T => {
  try {
    return ask()
  } catch (fault) {
    if (fault instanceof RangeError) throw new OutOfMemory(`${size} numbers: ${fault.message}`, { cause: fault })
    throw fault
  }
}

const guardedPrecision = (single: SinglePrecision): SinglePrecision => ({
  ...single,
  allocate: (count) => guard(`${count}`, () => single.allocate(count)),
})

/** The same backend, with its RangeError for lack of memory told apart from those of a mistake. */
export const guardedBackend = (backend: DenseBackend): DenseBackend => ({
  id: backend.id,
  threads: backend.threads,
  reproducible: backend.reproducible,
  ...(backend.operationsPerBreath === undefined ? {} : { operationsPerBreath: backend.operationsPerBreath }),
  allocate: (rows, columns, real) => guard(`${rows} × ${columns}`, () => backend.allocate(rows, columns, real)),
  multiply: (a, b, m, k, n, out, accumulate, breathe) => backend.multiply(a, b, m, k, n, out, accumulate, breathe),
  ...(backend.multiplyAs === undefined ? {} : {
    multiplyAs: (form, a, b, m, k, n, out, accumulate, breathe) => backend.multiplyAs!(form, a, b, m, k, n, out, accumulate, breathe),
  }),
  ...(backend.diagonalise === undefined ? {} : {
    diagonalise: (matrix, n, values, vectors, breathe, rows) => backend.diagonalise!(matrix, n, values, vectors, breathe, rows),
  }),
  ...(backend.tridiagonalise === undefined ? {} : {
    tridiagonalise: (matrix, n, diagonal, off, vectors, breathe, rows) => backend.tridiagonalise!(matrix, n, diagonal, off, vectors, breathe, rows),
  }),
  ...(backend.commute === undefined ? {} : { commute: (step, from, to) => backend.commute!(step, from, to) }),
  ...(backend.single === undefined ? {} : { single: guardedPrecision(backend.single) }),
  release: (planes) => backend.release(planes),
})

/** A workshop that also knows how to close. */
export interface OwnedWorkshop extends Workshop {
  dispose(): void
}

/** Loads the matrices and prepares the products of all components; null where the run was cancelled. */
export const openWorkshop = async (model: MicroscopicModel, backend: DenseBackend, sizing: Sizing, pace: Pace): Promise<OwnedWorkshop | null> => {
  const { structure, batches, terms, rectangles, vectors } = sizing
  const widest = batches.reduce((most, { width }) => Math.max(most, width), 1)
  const matrices = await loadMatrices(model, backend, rectangles, pace)
  if (matrices === null) return null
  const hamiltonians: ComponentHamiltonian[] = []
  let room: { readonly planes: Planes; readonly numbers: number; readonly real: boolean } | null = null
  let single: SingleShop | null = null
  let gram: { readonly kernel: GramKernel; readonly terms: number } | null = null
  const dispose = (): void => {
    for (const hamiltonian of hamiltonians) hamiltonian.dispose()
    single?.dispose()
    matrices.dispose()
    if (room !== null) backend.release(room.planes)
    gram?.kernel.dispose()
    room = null
    gram = null
  }
  try {
    structure.components.forEach((component, at) =>
      hamiltonians.push(componentHamiltonian(model, backend, component, terms[at]!, matrices, widest)))
    if (sizing.single && backend.single !== undefined) single = singleShop(model, backend, backend.single, structure.components, terms, matrices)
  } catch (fault) {
    dispose()
    throw fault
  }
  return {
    model, backend, structure, batches, hamiltonians, vectors, single, dispose,
    blocks: (numbers, real) => {
      if (room === null || room.numbers < numbers || (room.real && !real)) {
        if (room !== null) backend.release(room.planes)
        room = null
        room = { planes: backend.allocate(numbers, 1, real), numbers, real }
      }
      return planesView(room.planes, 0, numbers, real)
    },
    gram: (count) => {
      if (gram === null || gram.terms < count) {
        gram?.kernel.dispose()
        gram = null
        gram = { kernel: gramKernel(backend, count, model.baths.length), terms: count }
      }
      return gram.kernel
    },
  }
}
