// An independent exact evolution: the whole H as a matrix, diagonalised in its real embedding, ρ(t) = U ρ U†. Nothing is shared
// with the package under test.
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'

export interface Complex {
  readonly re: Matrix
  readonly im: Matrix
}

export const zero = (rows: number, columns: number): Complex => ({ re: Matrix.zeros(rows, columns), im: Matrix.zeros(rows, columns) })
export const times = (a: Complex, b: Complex): Complex => ({
  re: a.re.mmul(b.re).sub(a.im.mmul(b.im)), im: a.re.mmul(b.im).add(a.im.mmul(b.re)),
})
export const dagger = (a: Complex): Complex => ({ re: a.re.transpose(), im: a.im.transpose().mul(-1) })
export const plus = (a: Complex, b: Complex): Complex => ({ re: Matrix.add(a.re, b.re), im: Matrix.add(a.im, b.im) })
export const scaled = (a: Complex, factor: number): Complex => ({ re: Matrix.mul(a.re, factor), im: Matrix.mul(a.im, factor) })
export const kron = (a: Complex, b: Complex): Complex => ({
  re: a.re.kroneckerProduct(b.re).sub(a.im.kroneckerProduct(b.im)),
  im: a.re.kroneckerProduct(b.im).add(a.im.kroneckerProduct(b.re)),
})
export const diagonal = (values: ArrayLike<number>): Complex => ({ re: Matrix.diag(Array.from(values)), im: Matrix.zeros(values.length, values.length) })
/** Re tr(A B). */
export const traceOf = (a: Complex, b: Complex): number => {
  let sum = 0
  for (let r = 0; r < a.re.rows; r++) for (let c = 0; c < a.re.columns; c++) sum += a.re.get(r, c) * b.re.get(c, r) - a.im.get(r, c) * b.im.get(c, r)
  return sum
}

/** e^{−iHt} for each time asked, from one diagonalisation of [[Re H, −Im H], [Im H, Re H]]. */
export const propagator = (h: Complex): ((time: number) => Complex) => {
  const n = h.re.rows
  const embedded = Matrix.zeros(2 * n, 2 * n)
  for (let r = 0; r < n; r++) {
    for (let c = 0; c < n; c++) {
      embedded.set(r, c, h.re.get(r, c))
      embedded.set(n + r, n + c, h.re.get(r, c))
      embedded.set(n + r, c, h.im.get(r, c))
      embedded.set(r, n + c, -h.im.get(r, c))
    }
  }
  const { realEigenvalues, eigenvectorMatrix: q } = new EigenvalueDecomposition(embedded, { assumeSymmetric: true })
  return (time) => {
    // f(H) embeds as Q f(Λ) Qᵀ, its first block column being [Re f; Im f] of a real f: cos and sin of H.
    const of = (f: (x: number) => number): Complex => {
      const scaledVectors = q.clone()
      for (let c = 0; c < 2 * n; c++) scaledVectors.mulColumn(c, f(realEigenvalues[c]! * time))
      const full = scaledVectors.mmul(q.subMatrix(0, n - 1, 0, 2 * n - 1).transpose())
      return { re: full.subMatrix(0, n - 1, 0, n - 1), im: full.subMatrix(n, 2 * n - 1, 0, n - 1) }
    }
    const cosine = of(Math.cos)
    const sine = of(Math.sin)
    // cos − i sin
    return { re: Matrix.add(cosine.re, sine.im), im: Matrix.sub(cosine.im, sine.re) }
  }
}

export interface DenseSystem {
  readonly energies: readonly number[]
  readonly levels: readonly number[]
  readonly window: readonly number[]
  readonly windows: number
  readonly strength: number
  readonly systemCouplings: readonly Complex[]
  /** B_int^α, means included. */
  readonly bathCouplings: readonly Complex[]
}

export const interaction = (system: DenseSystem): Complex => {
  const d = system.energies.length
  const n = system.levels.length
  return system.systemCouplings.reduce((sum, s, at) => plus(sum, kron(s, system.bathCouplings[at]!)), zero(d * n, d * n))
}

export const hamiltonian = (system: DenseSystem): Complex => {
  const d = system.energies.length
  const n = system.levels.length
  const free = diagonal(Array.from({ length: d * n }, (_, i) => system.energies[Math.floor(i / n)]! + system.levels[i % n]!))
  return plus(free, scaled(interaction(system), system.strength))
}

export interface DenseReading {
  /** [level, window]. */
  readonly populations: number[]
  readonly rates: number[]
  /** [window, k, q]. */
  readonly re: number[]
  readonly im: number[]
  readonly energy: number
  readonly bathEnergy: number
  readonly interactionEnergy: number
}

export const read = (system: DenseSystem, rho: Complex): DenseReading => {
  const { energies, window, windows, levels } = system
  const d = energies.length
  const n = levels.length
  const h = hamiltonian(system)
  const flow = scaled(plus(times(h, rho), scaled(times(rho, h), -1)), 1)
  const populations = new Array<number>(d * windows).fill(0)
  const rates = new Array<number>(d * windows).fill(0)
  const re = new Array<number>(windows * d * d).fill(0)
  const im = new Array<number>(windows * d * d).fill(0)
  for (let k = 0; k < d; k++) {
    for (let i = 0; i < n; i++) {
      populations[k * windows + window[i]!]! += rho.re.get(k * n + i, k * n + i)
      // −i (Hρ − ρH)
      rates[k * windows + window[i]!]! += flow.im.get(k * n + i, k * n + i)
      for (let q = 0; q < d; q++) {
        re[(window[i]! * d + k) * d + q]! += rho.re.get(k * n + i, q * n + i)
        im[(window[i]! * d + k) * d + q]! += rho.im.get(k * n + i, q * n + i)
      }
    }
  }
  return {
    populations, rates, re, im,
    energy: traceOf(rho, h),
    bathEnergy: traceOf(rho, diagonal(Array.from({ length: d * n }, (_, i) => levels[i % n]!))),
    interactionEnergy: system.strength * traceOf(rho, interaction(system)),
  }
}
