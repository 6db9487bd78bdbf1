import type { BathModel, ComplexMatrix, DenseBackend, LocalBath, Outcome, Planes } from '@mesobath/contracts'
import { fail, issue } from '@mesobath/contracts'
import { compileLocalTerms, defaultBackend, hermitianEigenbasis, localWorkspace } from '@mesobath/kernels'
import type { LocalOperator } from '@mesobath/kernels'
import { microscopicBath } from './microscopic-bath.js'

/** Options of {@link diagonaliseBath}. */
export interface DiagonaliseBathOptions {
  /** Centres of the windows, where they are not to be those of the grid that the bath's first window lies on. */
  readonly windows?: ArrayLike<number>
  /** For the diagonalisation; the default backend unless told. */
  readonly backend?: DenseBackend
}

/** States beyond which vectors and couplings take gigabytes. */
const MOST_STATES = 4096

/** Columns O e_j, or O v_j where `vectors` [n, n] hold v_j as columns. */
const columnsOf = (operators: readonly LocalOperator[], which: number, vectors: Planes | null, out: Planes): void => {
  const size = operators[0]!.length
  const workspace = localWorkspace(size, operators, 2)
  const from = workspace.vector(0)
  const to = workspace.vector(1)
  for (let column = 0; column < size; column += 1) {
    from.re.fill(0)
    from.im.fill(0)
    if (vectors === null) from.re[column] = 1
    else {
      for (let row = 0; row < size; row += 1) {
        from.re[row] = vectors.re[row * size + column]!
        from.im[row] = vectors.im === null ? 0 : vectors.im[row * size + column]!
      }
    }
    workspace.apply(which, 0, 1, 1, 0, 0, 0)
    for (let row = 0; row < size; row += 1) {
      out.re[row * size + column] = to.re[row]!
      if (out.im !== null) out.im[row * size + column] = to.im[row]!
    }
  }
}

/** V† in place of V. */
const adjointOf = ({ re, im }: Planes, size: number, out: Planes): void => {
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      out.re[row * size + column] = re[column * size + row]!
      if (out.im !== null && im !== null) out.im[row * size + column] = -im[column * size + row]!
    }
  }
}

/** A matrix that is Hermitian to the last bit: products of rounded eigenvectors are not. */
const hermitian = ({ re, im }: Planes, size: number): ComplexMatrix => {
  const out = { re: Float64Array.from(re), im: im === null ? null : Float64Array.from(im) }
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      const [at, mirror] = [row * size + column, column * size + row]
      out.re[at] = 0.5 * (re[at]! + re[mirror]!)
      out.re[mirror] = out.re[at]!
      if (out.im === null || im === null) continue
      out.im[at] = 0.5 * (im[at]! - im[mirror]!)
      out.im[mirror] = -out.im[at]!
    }
  }
  return { rows: size, columns: size, ...out }
}

const diagonalise = async (given: BathModel, local: LocalBath, options: DiagonaliseBathOptions): Promise<Outcome<BathModel>> => {
  const size = local.siteDimensions.reduce((product, dimension) => product * dimension, 1)
  if (size > MOST_STATES) {
    return fail(issue('baths/too-large', ['bath'], `\`bath\` must have at most ${MOST_STATES} states to be diagonalised, but '${given.name}' has ${size}`))
  }
  const operators = [local.hamiltonian, ...local.couplings].map((terms) => compileLocalTerms(local.siteDimensions, terms))
  const backend = options.backend ?? defaultBackend()
  const room = Array.from({ length: 4 }, () => backend.allocate(size, size, operators.every(({ im }) => im === null)))
  try {
    const [matrix, vectors, adjoint, images] = room as [Planes, Planes, Planes, Planes]
    columnsOf(operators, 0, null, matrix)
    const levels = new Float64Array(size)
    const ending = await hermitianEigenbasis(backend, matrix, size, levels, vectors)
    if (ending !== 'ok') {
      return fail(issue('baths/not-diagonalised', ['bath'], `\`bath\` must have finite terms to be diagonalised, but the search for its levels ended with '${ending}'`))
    }
    adjointOf(vectors, size, adjoint)
    const couplings: ComplexMatrix[] = []
    for (let at = 0; at < local.couplings.length; at += 1) {
      columnsOf(operators, 1 + at, vectors, images)
      await backend.multiply(adjoint, images, size, size, size, matrix, false)
      couplings.push(hermitian(matrix, size))
    }
    return microscopicBath({
      levels, couplings, windowWidth: given.windows.width, origin: given.windows.energies[0]!, name: `${given.name}-levels`,
      ...(options.windows === undefined ? {} : { windows: options.windows }),
    })
  } finally {
    for (const planes of room) backend.release(planes)
  }
}

/**
 * The same bath level by level: a bath of local terms diagonalised, for methods that need its levels and to measure the filter by.
 *
 * Windows keep their width and their grid; V_E then counts levels, and B^α stands in the basis of energies, as {@link microscopicBath} has
 * them. At most 4096 states (twelve spins). The recipe is null.
 *
 * Issues: `baths/not-local`, `baths/too-large`, `baths/not-diagonalised`, and those of {@link microscopicBath}.
 */
export const diagonaliseBath = async (bath: BathModel, options: DiagonaliseBathOptions = {}): Promise<Outcome<BathModel>> => {
  const realised = bath.can.microscopic?.()
  if (realised?._tag === 'Left') return realised
  if (realised === undefined || realised.right.kind !== 'local') {
    return fail(issue('baths/not-local', ['bath'], `\`bath\` must be given by local terms to be diagonalised, but '${bath.name}' is not`))
  }
  return diagonalise(bath, realised.right, options)
}
