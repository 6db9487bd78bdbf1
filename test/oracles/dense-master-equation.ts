/**
 * The secular Markov equation (Eqs. 5, 21, 75) as a textbook would program it: nested arrays, one loop per sum sign, volumes as plain
 * numbers, jump operators as full matrices. Shares nothing with the library.
 */
export type Complex = readonly [number, number]
export type Dense = Complex[][]

export interface OracleBath {
  readonly centres: readonly number[]
  readonly width: number
  readonly volumes: readonly number[]
  readonly strength: number
  /** S^α. */
  readonly couplings: readonly Dense[]
  /** ⟨B^α⟩_E [α][window]. */
  readonly means: readonly (readonly number[])[]
  /** κ^{αα'}(E,E') at λ = 1. */
  readonly kappa: (to: number, from: number) => Dense
  /** ∫₀^∞ of the correlation's time dependence at a mismatch Ω; the flat window's unless told. */
  readonly lineShape?: (mismatch: number) => Complex
}

const add = (a: Complex, b: Complex): Complex => [a[0] + b[0], a[1] + b[1]]
const times = (a: Complex, b: Complex): Complex => [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]]
const conj = (a: Complex): Complex => [a[0], -a[1]]
export const zeros = (d: number): Dense => Array.from({ length: d }, () => Array.from({ length: d }, (): Complex => [0, 0]))
const dagger = (a: Dense): Dense => a.map((_, r) => a.map((row) => conj(row[r]!)))
const product = (a: Dense, b: Dense): Dense => a.map((row) => b[0]!.map((_, c) => row.reduce<Complex>((sum, x, j) => add(sum, times(x, b[j]![c]!)), [0, 0])))
const accumulate = (target: Dense, factor: Complex, source: Dense): void => {
  source.forEach((row, r) => row.forEach((x, c) => { target[r]![c] = add(target[r]![c]!, times(factor, x)) }))
}

/** ∫₀^∞ h(τ) e^{−iΩτ} dτ of Eq. B12. */
export const transform = (mismatch: number, width: number): Complex => {
  const xi = Math.abs(mismatch) / width
  const xlogx = (x: number): number => (x === 0 ? 0 : x * Math.log(Math.abs(x)))
  const imaginary = (2 * xlogx(xi) - xlogx(1 + xi) + xlogx(1 - xi)) / (2 * Math.PI)
  return [Math.max(0, (1 - xi) / 2), Math.sign(mismatch) * imaginary]
}

/** ∂t ρ(E) for ρ(E) given per joint window, the last bath fastest. */
export const denseDerivative = (energies: readonly number[], baths: readonly OracleBath[], states: readonly Dense[]): Dense[] => {
  const d = energies.length
  const counts = baths.map((bath) => bath.centres.length)
  const indexOf = (windows: readonly number[]): number => windows.reduce((index, window, axis) => index * counts[axis]! + window, 0)
  const frequencies: number[] = []
  for (const a of energies) for (const b of energies) if (!frequencies.some((known) => Math.abs(known - (a - b)) < 1e-9)) frequencies.push(a - b)
  const part = (s: Dense, frequency: number): Dense =>
    s.map((row, k) => row.map((x, q): Complex => (Math.abs(energies[q]! - energies[k]! - frequency) < 1e-9 ? x : [0, 0])))
  const out = states.map(() => zeros(d))
  const all: number[][] = counts.reduce<number[][]>((list, count) => list.flatMap((head) => Array.from({ length: count }, (_, e) => [...head, e])), [[]])
  for (const windows of all) {
    const here = indexOf(windows)
    const rho = states[here]!
    const hamiltonian = zeros(d)
    energies.forEach((energy, k) => { hamiltonian[k]![k] = [energy, 0] })
    baths.forEach((bath, axis) => {
      const e = windows[axis]!
      bath.couplings.forEach((s, alpha) => accumulate(hamiltonian, [bath.strength * bath.means[alpha]![e]!, 0], part(s, 0)))
      for (let other = 0; other < bath.centres.length; other += 1) {
        for (const frequency of frequencies) {
          // In: E' = other → E = e. Out: E = e → E' = other.
          const shape = bath.lineShape ?? ((mismatch: number): Complex => transform(mismatch, bath.width))
          const into = shape(frequency + bath.centres[other]! - bath.centres[e]!)
          const away = shape(frequency + bath.centres[e]! - bath.centres[other]!)
          const scale = bath.strength ** 2 * Math.sqrt(bath.volumes[e]! * bath.volumes[other]!)
          const kappaIn = bath.kappa(e, other)
          const kappaOut = bath.kappa(other, e)
          bath.couplings.forEach((s, alpha) => bath.couplings.forEach((sPrime, alphaPrime) => {
            const jump = part(s, frequency)
            const jumpPrime = dagger(part(sPrime, frequency))
            const gain = times([2 * into[0] * scale / bath.volumes[other]!, 0], kappaIn[alpha]![alphaPrime]!)
            const source = states[indexOf(windows.map((w, i) => (i === axis ? other : w)))]!
            accumulate(out[here]!, gain, product(product(jump, source), jumpPrime))
            const loss = times([-0.5 * 2 * away[0] * scale / bath.volumes[e]!, 0], kappaOut[alpha]![alphaPrime]!)
            const pair = product(jumpPrime, jump)
            accumulate(out[here]!, loss, product(pair, rho))
            accumulate(out[here]!, loss, product(rho, pair))
            accumulate(hamiltonian, times([-away[1] * scale / bath.volumes[e]!, 0], kappaOut[alpha]![alphaPrime]!), pair)
          }))
        }
      }
    })
    accumulate(out[here]!, [0, -1], product(hamiltonian, rho))
    accumulate(out[here]!, [0, 1], product(rho, hamiltonian))
  }
  return out
}
