/**
 * The Born-Markov-secular equation of one bath, written out as a textbook has it and moved by many small Runge-Kutta steps:
 * rates γ^{αα'}(ω) = Σ_EE' p(E') γ^{αα'}(E,E';ω)/V_E', shift −Σ p(E) A(E',E)/V_E S†S + λ Σ p(E)⟨B⟩_E S_0. Shares nothing with the library.
 */
interface Planes {
  readonly re: ArrayLike<number>
  readonly im: ArrayLike<number> | null
}

export interface LindbladInput {
  readonly energies: readonly number[]
  readonly centres: readonly number[]
  readonly width: number
  readonly volumes: readonly number[]
  readonly strength: number
  readonly couplings: readonly Planes[]
  readonly means: readonly (readonly number[])[]
  readonly reference: readonly number[]
  /** κ for `to` ≥ `from`. */
  readonly kappa: (to: number, from: number) => Planes
}

type Z = readonly [number, number]
type Matrix = Z[][]
const add = (a: Z, b: Z): Z => [a[0] + b[0], a[1] + b[1]]
const mul = (a: Z, b: Z): Z => [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]]
const build = (d: number, f: (r: number, c: number) => Z): Matrix => Array.from({ length: d }, (_, r) => Array.from({ length: d }, (__, c) => f(r, c)))
const read = (d: number, { re, im }: Planes): Matrix => build(d, (r, c) => [re[r * d + c]!, im === null ? 0 : im[r * d + c]!])
const product = (a: Matrix, b: Matrix): Matrix => build(a.length, (r, c) => a[r]!.reduce<Z>((sum, x, j) => add(sum, mul(x, b[j]![c]!)), [0, 0]))
const dagger = (a: Matrix): Matrix => build(a.length, (r, c) => [a[c]![r]![0], -a[c]![r]![1]])
const plus = (a: Matrix, factor: Z, b: Matrix): Matrix => build(a.length, (r, c) => add(a[r]![c]!, mul(factor, b[r]![c]!)))

const transform = (mismatch: number, width: number): Z => {
  const xi = Math.abs(mismatch) / width
  const xlogx = (x: number): number => (x === 0 ? 0 : x * Math.log(Math.abs(x)))
  return [Math.max(0, (1 - xi) / 2), (Math.sign(mismatch) * (2 * xlogx(xi) - xlogx(1 + xi) + xlogx(1 - xi))) / (2 * Math.PI)]
}

// Fourth order: (2/400)^4 times derivatives of size one is below 1e-9.
const STEPS = 400

export const lindbladRun = (input: LindbladInput, start: Planes, time: number): { re: number[]; im: number[] } => {
  const { centres, energies, kappa, means, reference, strength, volumes, width } = input
  const d = energies.length
  const zero = build(d, () => [0, 0])
  const frequencies = [...new Set(energies.flatMap((a) => energies.map((b) => Number((a - b).toFixed(9)) + 0)))]
  const part = (s: Matrix, omega: number): Matrix => build(d, (k, q) => (Math.abs(energies[q]! - energies[k]! - omega) < 1e-7 ? s[k]![q]! : [0, 0]))
  const couplings = input.couplings.map((each) => read(d, each))
  let hamiltonian = build(d, (k, q) => [k === q ? energies[k]! : 0, 0])
  couplings.forEach((s, alpha) => reference.forEach((p, e) => { hamiltonian = plus(hamiltonian, [strength * p * means[alpha]![e]!, 0], part(s, 0)) }))
  const jumps: { readonly rate: Z; readonly left: Matrix; readonly right: Matrix; readonly pair: Matrix }[] = []
  for (const omega of frequencies) {
    couplings.forEach((s, a) => couplings.forEach((t, b) => {
      let rate: Z = [0, 0]
      let shift: Z = [0, 0]
      for (let to = 0; to < centres.length; to += 1) {
        for (let from = 0; from < centres.length; from += 1) {
          const entry = read(2, kappa(Math.max(to, from), Math.min(to, from)))[a]![b]!
          const value: Z = to >= from ? entry : [entry[0], -entry[1]]
          const [re, im] = transform(omega + centres[from]! - centres[to]!, width)
          const scale = (strength ** 2 * Math.sqrt(volumes[to]! * volumes[from]!) * reference[from]!) / volumes[from]!
          rate = add(rate, mul([2 * re * scale, 0], value))
          shift = add(shift, mul([-im * scale, 0], value))
        }
      }
      const left = part(s, omega)
      const right = dagger(part(t, omega))
      const pair = product(right, left)
      hamiltonian = plus(hamiltonian, shift, pair)
      jumps.push({ rate, left, right, pair })
    }))
  }
  const derivative = (rho: Matrix): Matrix => {
    let out = plus(plus(zero, [0, -1], product(hamiltonian, rho)), [0, 1], product(rho, hamiltonian))
    for (const { left, pair, rate, right } of jumps) {
      out = plus(out, rate, product(product(left, rho), right))
      out = plus(out, mul([-0.5, 0], rate), plus(product(pair, rho), [1, 0], product(rho, pair)))
    }
    return out
  }
  const h = time / STEPS
  let step = read(d, start)
  const step4 = (rho: Matrix): Matrix => {
    const k1 = derivative(rho)
    const k2 = derivative(plus(rho, [h / 2, 0], k1))
    const k3 = derivative(plus(rho, [h / 2, 0], k2))
    const k4 = derivative(plus(rho, [h, 0], k3))
    return plus(plus(plus(plus(rho, [h / 6, 0], k1), [h / 3, 0], k2), [h / 3, 0], k3), [h / 6, 0], k4)
  }
  for (let i = 0; i < STEPS; i += 1) step = step4(step)
  return { re: step.flat().map((z) => z[0]), im: step.flat().map((z) => z[1]) }
}
