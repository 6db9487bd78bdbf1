// Classical rate equations in p(ε_k, E₁, …), small enough to be written out, moved by the matrix exponential; work and defect are
// integrated beside p. Shares no code with the packages.

export interface BathSpec { readonly energies: readonly number[]; readonly logVolumes: readonly number[] }

export interface RateSpec {
  readonly baths: readonly BathSpec[]
  /** Strength of a jump between two joint states of one bath and two levels; symmetric in its ends. */
  readonly strength: (bath: number, levels: readonly [number, number], windows: readonly [number, number]) => number
  /** Jumps off resonance have this strength relative to resonant ones; 0 forbids them. */
  readonly offResonance: number
}

export interface Stage {
  /** ε_k while it lasts. */
  readonly energies: readonly number[]
  readonly duration: number
  /** Samples in it after its beginning, equally spaced; the last one is its end. */
  readonly samples: number
}

export interface Snapshot {
  readonly time: number
  readonly side: 'before' | 'after'
  readonly energies: Float64Array
  readonly p: Float64Array
  readonly rates: Float64Array
  readonly work: number
  /** Σ ε̇_k p_k; 0 where energies hold, and that is where it is left out. */
  readonly power?: number
  readonly defect: number
}

const RESONANT = 1e-9

/** Joint windows, the last bath fastest. */
const windowsOf = (joint: number, counts: readonly number[]): number[] => {
  const windows: number[] = []
  let rest = joint
  for (let bath = counts.length - 1; bath >= 0; bath--) {
    windows.unshift(rest % counts[bath]!)
    rest = Math.floor(rest / counts[bath]!)
  }
  return windows
}

export interface JointState { readonly level: number; readonly windows: readonly number[] }

export const jointStates = (dimension: number, baths: readonly BathSpec[]): readonly JointState[] => {
  const counts = baths.map((bath) => bath.energies.length)
  const size = counts.reduce((product, count) => product * count, 1)
  return Array.from({ length: dimension * size }, (_, i) => ({ level: Math.floor(i / size), windows: windowsOf(i % size, counts) }))
}

/** ε_k + ΣE of every joint state. */
export const jointEnergies = (energies: ArrayLike<number>, baths: readonly BathSpec[]): Float64Array =>
  Float64Array.from(jointStates(energies.length, baths), ({ level, windows }) =>
    windows.reduce((sum, window, bath) => sum + baths[bath]!.energies[window]!, energies[level]!))

/** Generator, row-major: rate j → i at i·n + j, with detailed balance between volumes. */
export const generatorOf = (energies: readonly number[], spec: RateSpec): Float64Array => {
  const states = jointStates(energies.length, spec.baths)
  const total = jointEnergies(energies, spec.baths)
  const n = states.length
  const generator = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const [to, from] = [states[i]!, states[j]!]
      if (to.level === from.level) continue
      const changed = to.windows.flatMap((window, bath) => (window === from.windows[bath] ? [] : [bath]))
      if (changed.length !== 1) continue
      const bath = changed[0]!
      const factor = Math.abs(total[i]! - total[j]!) < RESONANT ? 1 : spec.offResonance
      const [a, b] = [to.windows[bath]!, from.windows[bath]!]
      const { logVolumes } = spec.baths[bath]!
      const rate = factor * spec.strength(bath, i < j ? [to.level, from.level] : [from.level, to.level], i < j ? [a, b] : [b, a])
        * Math.exp((logVolumes[a]! - logVolumes[b]!) / 2)
      generator[i * n + j]! += rate
      generator[j * n + j]! -= rate
    }
  }
  return generator
}

const multiply = (a: Float64Array, b: Float64Array, n: number): Float64Array => {
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k]!
      if (factor === 0) continue
      for (let j = 0; j < n; j++) out[i * n + j]! += factor * b[k * n + j]!
    }
  }
  return out
}

/** e^{A t} by its series at a small norm and repeated squaring. */
export const matrixExponential = (matrix: Float64Array, n: number, time: number): Float64Array => {
  let norm = 0
  for (const value of matrix) norm = Math.max(norm, Math.abs(value))
  const squarings = Math.max(0, Math.ceil(Math.log2(norm * n * time * 16 + 1e-300)))
  const step = time / 2 ** squarings
  let sum = new Float64Array(n * n)
  let term = new Float64Array(n * n)
  for (let i = 0; i < n; i++) sum[i * n + i] = term[i * n + i] = 1
  for (let order = 1; order <= 12; order++) {
    term = multiply(term, matrix, n).map((value) => (value * step) / order) as Float64Array<ArrayBuffer>
    sum = sum.map((value, i) => value + term[i]!)
  }
  for (let i = 0; i < squarings; i++) sum = multiply(sum, sum, n) as Float64Array<ArrayBuffer>
  return sum
}

const apply = (matrix: Float64Array, vector: Float64Array): Float64Array => {
  const n = vector.length
  return Float64Array.from({ length: n }, (_, i) => {
    let sum = 0
    for (let j = 0; j < n; j++) sum += matrix[i * n + j]! * vector[j]!
    return sum
  })
}

/** Which step comes first at a stop; the right one books the work of a quench with the populations that meet it. */
export type Order = 'quench first' | 'jump first'

/** A run through stages of constant energies, each stop seen before and after. */
export const evolve = (start: ArrayLike<number>, stages: readonly Stage[], spec: RateSpec, order: Order = 'quench first'): readonly Snapshot[] => {
  const snapshots: Snapshot[] = []
  let p = Float64Array.from(start)
  let [time, work, defect] = [0, 0, 0]
  const perLevel = (energies: readonly number[], values: Float64Array): number => {
    const size = values.length / energies.length
    return values.reduce((sum, value, i) => sum + energies[Math.floor(i / size)]! * value, 0)
  }
  stages.forEach(({ energies, duration, samples }, at) => {
    const n = p.length
    const generator = generatorOf(energies, spec)
    const total = jointEnergies(energies, spec.baths)
    // One more row: the defect grows with Σ(ε + E) ṗ.
    const augmented = new Float64Array((n + 1) * (n + 1))
    for (let j = 0; j < n; j++) {
      for (let i = 0; i < n; i++) {
        augmented[i * (n + 1) + j] = generator[i * n + j]!
        augmented[n * (n + 1) + j]! += total[i]! * generator[i * n + j]!
      }
    }
    const step = matrixExponential(augmented, n + 1, duration / samples)
    const advance = (): void => {
      const moved = apply(step, Float64Array.from([...p, 0]))
      defect += moved[n]!
      p = moved.slice(0, n)
    }
    const jump = at === 0 ? null : energies.map((energy, k) => energy - stages[at - 1]!.energies[k]!)
    const snap = (side: 'before' | 'after', levels: readonly number[]): void => {
      snapshots.push({ time, side, energies: Float64Array.from(levels), p: p.slice(), rates: apply(generator, p), work, defect })
    }
    if (jump !== null) snapshots[snapshots.length - 1] = { ...snapshots[snapshots.length - 1]!, side: 'before' }
    if (jump !== null && order === 'quench first') work += perLevel(jump, p)
    snap('after', energies)
    for (let sample = 1; sample <= samples; sample++) {
      advance()
      if (sample === 1 && jump !== null && order === 'jump first') work += perLevel(jump, p)
      time += duration / samples
      snap('after', energies)
    }
  })
  return snapshots
}
