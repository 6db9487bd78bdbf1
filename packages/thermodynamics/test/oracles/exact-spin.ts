// A spin and a bath of a few levels, solved exactly in the joint basis |k, i⟩ by a Taylor series of the propagator; coupling σ_x ⊗ B with a real
// symmetric random B. Entropies of the whole, of the system and of the bath come from Jacobi's method on real symmetric matrices (complex
// ones through their real double).

export interface ExactSpec {
  readonly energies: readonly [number, number]
  readonly levels: readonly number[]
  /** Window of each level. */
  readonly window: readonly number[]
  readonly windows: number
  readonly coupling: (i: number, j: number) => number
  readonly strength: number
}

export interface ExactSnapshot {
  readonly time: number
  readonly energies: Float64Array
  readonly populations: Float64Array
  readonly conditional: { readonly re: Float64Array; readonly im: Float64Array }
  readonly total: number
  readonly bath: number
  readonly interaction: number
  readonly information: number
}

type Dense = { readonly n: number; readonly re: Float64Array; readonly im: Float64Array }

const dense = (n: number): Dense => ({ n, re: new Float64Array(n * n), im: new Float64Array(n * n) })

const product = (a: Dense, b: Dense): Dense => {
  const { n } = a
  const out = dense(n)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      for (let j = 0; j < n; j++) {
        out.re[i * n + j]! += a.re[i * n + k]! * b.re[k * n + j]! - a.im[i * n + k]! * b.im[k * n + j]!
        out.im[i * n + j]! += a.re[i * n + k]! * b.im[k * n + j]! + a.im[i * n + k]! * b.re[k * n + j]!
      }
    }
  }
  return out
}

/** −Σ x ln x over the eigenvalues of a Hermitian matrix. */
const entropy = ({ n, re, im }: Dense): number => {
  const m = 2 * n
  const a = new Float64Array(m * m)
  for (let r = 0; r < n; r++) {
    for (let c = 0; c < n; c++) {
      a[r * m + c] = a[(n + r) * m + n + c] = re[r * n + c]!
      a[(n + r) * m + c] = im[r * n + c]!
      a[r * m + n + c] = -im[r * n + c]!
    }
  }
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < m; p++) {
      for (let q = p + 1; q < m; q++) {
        if (Math.abs(a[p * m + q]!) < 1e-18) continue
        const angle = 0.5 * Math.atan2(2 * a[p * m + q]!, a[q * m + q]! - a[p * m + p]!)
        const [c, s] = [Math.cos(angle), Math.sin(angle)]
        for (let k = 0; k < m; k++) {
          const [x, y] = [a[k * m + p]!, a[k * m + q]!]
          a[k * m + p] = c * x - s * y
          a[k * m + q] = s * x + c * y
        }
        for (let k = 0; k < m; k++) {
          const [x, y] = [a[p * m + k]!, a[q * m + k]!]
          a[p * m + k] = c * x - s * y
          a[q * m + k] = s * x + c * y
        }
      }
    }
  }
  let sum = 0
  for (let i = 0; i < m; i++) if (a[i * m + i]! > 0) sum -= (a[i * m + i]! * Math.log(a[i * m + i]!)) / 2
  return sum
}

/** Snapshots of |1⟩ ⊗ (levels weighted by `weights`) at equally spaced times. */
export const exactSpin = (spec: ExactSpec, weights: readonly number[], duration: number, samples: number): readonly ExactSnapshot[] => {
  const count = spec.levels.length
  const n = 2 * count
  const free = (i: number): number => spec.energies[Math.floor(i / count)]! + spec.levels[i % count]!
  const interaction = dense(n)
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      interaction.re[i * n + count + j] = interaction.re[(count + i) * n + j] = spec.strength * spec.coupling(Math.min(i, j), Math.max(i, j))
    }
  }
  const step = duration / samples
  const inner = Math.ceil(step * 40)
  const propagator = ((): Dense => {
    let sum = dense(n)
    let term = dense(n)
    for (let i = 0; i < n; i++) sum.re[i * n + i] = term.re[i * n + i] = 1
    const generator = dense(n)
    for (let i = 0; i < n * n; i++) generator.im[i] = -(interaction.re[i]! + (i % (n + 1) === 0 ? free(i / (n + 1)) : 0)) * (step / inner)
    for (let order = 1; order <= 20; order++) {
      term = product(term, generator)
      for (let i = 0; i < n * n; i++) { term.re[i]! /= order; term.im[i]! /= order; sum.re[i]! += term.re[i]!; sum.im[i]! += term.im[i]! }
    }
    let power = sum
    for (let i = 1; i < inner; i++) power = product(power, sum)
    sum = power
    return sum
  })()
  const adjoint = dense(n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) { adjoint.re[i * n + j] = propagator.re[j * n + i]!; adjoint.im[i * n + j] = -propagator.im[j * n + i]! }
  let rho = dense(n)
  weights.forEach((weight, i) => { rho.re[(count + i) * n + count + i] = weight })
  const whole = entropy(rho)
  const snap = (time: number): ExactSnapshot => {
    const populations = new Float64Array(2 * spec.windows)
    const conditional = { re: new Float64Array(4 * spec.windows), im: new Float64Array(4 * spec.windows) }
    const system = dense(2)
    const bath = dense(count)
    let [total, bathEnergy, mixed] = [0, 0, 0]
    for (let i = 0; i < n; i++) {
      const [k, level] = [Math.floor(i / count), i % count]
      populations[k * spec.windows + spec.window[level]!]! += rho.re[i * n + i]!
      total += free(i) * rho.re[i * n + i]!
      bathEnergy += spec.levels[level]! * rho.re[i * n + i]!
      for (let j = 0; j < n; j++) {
        mixed += interaction.re[i * n + j]! * rho.re[j * n + i]!
        const [q, other] = [Math.floor(j / count), j % count]
        if (level === other) {
          system.re[k * 2 + q]! += rho.re[i * n + j]!
          system.im[k * 2 + q]! += rho.im[i * n + j]!
          conditional.re[spec.window[level]! * 4 + k * 2 + q]! += rho.re[i * n + j]!
          conditional.im[spec.window[level]! * 4 + k * 2 + q]! += rho.im[i * n + j]!
        }
        if (k === q) {
          bath.re[level * count + other]! += rho.re[i * n + j]!
          bath.im[level * count + other]! += rho.im[i * n + j]!
        }
      }
    }
    return {
      time, energies: Float64Array.from(spec.energies), populations, conditional, total: total + mixed, bath: bathEnergy, interaction: mixed,
      information: entropy(system) + entropy(bath) - whole,
    }
  }
  const out = [snap(0)]
  for (let sample = 1; sample <= samples; sample++) {
    rho = product(product(propagator, rho), adjoint)
    out.push(snap(sample * step))
  }
  return out
}
