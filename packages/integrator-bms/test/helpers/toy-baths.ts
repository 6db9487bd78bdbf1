import { CONTRACT, succeed } from '@mesobath/contracts'
import type {
  Attachment, BathModel, BathState, ComplexMatrix, InitialState, LineShape, Problem, RateModel, TransformRequest, Vector,
} from '@mesobath/contracts'

export interface ComplexEntries {
  readonly re: readonly number[]
  readonly im: readonly number[]
}

const identity = (name: string) => ({ contract: CONTRACT, name, package: 'test', version: '0.0.0', citations: [], recipe: {} })

export const toyBath = (options: {
  readonly energies: readonly number[]
  readonly width: number
  readonly logVolumes: readonly number[]
  readonly couplings?: number
  readonly means?: readonly (readonly number[])[]
  readonly can?: BathModel['can']
}): BathModel => {
  const couplings = options.couplings ?? 1
  return {
    ...identity('toy'),
    windows: { energies: Float64Array.from(options.energies), width: options.width, logVolumes: Float64Array.from(options.logVolumes) },
    couplings,
    meanCouplings: (options.means ?? Array.from({ length: couplings }, () => options.energies.map(() => 0))).map((each) => Float64Array.from(each)),
    can: options.can ?? {},
  }
}

/** κ as given for `to` ≥ `from` and its conjugate otherwise; a flat window of the bath's width unless told. */
export const toyRates = (
  kappa: (to: number, from: number) => ComplexEntries, lineShape?: LineShape, transform?: (request: TransformRequest, out: { re: Float64Array; im: Float64Array }) => void,
): RateModel => ({
  ...identity('toy-rates'),
  needs: [],
  correlate: (bath) => succeed({
    lineShape: lineShape ?? { kind: 'flat-window', width: bath.windows.width, finiteTime: true },
    strength: (request, out) => {
      const block = bath.couplings * bath.couplings
      request.to.forEach((to, row) => {
        const from = request.from[row]!
        const { re, im } = kappa(Math.max(to, from), Math.min(to, from))
        for (let i = 0; i < block; i += 1) {
          out.re[row * block + i] = re[i]!
          out.im![row * block + i] = to >= from ? im[i]! : -im[i]!
        }
      })
      return succeed(undefined)
    },
    ...(transform === undefined ? {} : {
      transform: (request, out) => {
        transform(request, { re: out.re, im: out.im! })
        return succeed(undefined)
      },
    }),
  }),
})

/** The random-matrix rate κ = (2π/δ) a² √(V_E V_E') of one coupling (Eq. 27, b = 0), no block inside a window. */
export const spinRates = (deviation = 1): RateModel => ({
  ...identity('toy-random-matrix'),
  needs: [],
  correlate: (bath) => succeed({
    lineShape: { kind: 'flat-window', width: bath.windows.width, finiteTime: true },
    strength: (request, out) => {
      request.to.forEach((to, row) => {
        const from = request.from[row]!
        const { logVolumes, width } = bath.windows
        out.re[row] = to === from ? 0 : ((2 * Math.PI) / width) * deviation * deviation * Math.exp((logVolumes[to]! + logVolumes[from]!) / 2)
        out.im![row] = 0
      })
      return succeed(undefined)
    },
  }),
})

export const matrix = (entries: readonly (readonly (number | readonly [number, number])[])[]): ComplexMatrix => {
  const flat = entries.flat()
  return {
    rows: entries.length, columns: entries[0]!.length,
    re: Float64Array.from(flat, (entry) => (typeof entry === 'number' ? entry : entry[0])),
    im: flat.every((entry) => typeof entry === 'number') ? null : Float64Array.from(flat, (entry) => (typeof entry === 'number' ? 0 : entry[1])),
  }
}

export const spinCoupling = matrix([[0, 1], [1, 0]])

export const attach = (label: string, bath: BathModel, strength: number, systemCouplings: readonly ComplexMatrix[]): Attachment =>
  ({ label, bath, strength, systemCouplings })

export const makeProblem = (
  energies: readonly number[], baths: readonly Attachment[], initial?: InitialState, times: readonly number[] = [0, 1],
): Problem => ({
  energies: Float64Array.from(energies), baths, times: Float64Array.from(times), drive: null,
  initial: initial ?? {
    kind: 'product',
    system: matrix(energies.map((_, k) => energies.map((__, q) => (k === q ? 1 / energies.length : 0)))),
    baths: baths.map((): BathState => ({ kind: 'gibbs', inverseTemperature: 0 })),
  },
})

/** Park-Miller numbers in [0, 1): inputs for tests, unrelated to the library's streams. */
export const parkMiller = (seed: number): (() => number) => {
  let state = (Math.abs(Math.trunc(seed)) % 2147483646) + 1
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}

export const hermitian = (size: number, uniform: () => number): ComplexMatrix => {
  const re = new Float64Array(size * size)
  const im = new Float64Array(size * size)
  for (let r = 0; r < size; r += 1) {
    for (let c = 0; c <= r; c += 1) {
      const x = 2 * uniform() - 1
      const y = r === c ? 0 : 2 * uniform() - 1
      re[r * size + c] = x
      re[c * size + r] = x
      im[r * size + c] = y
      im[c * size + r] = -y
    }
  }
  return { rows: size, columns: size, re, im }
}

/** A positive matrix Σ_m v_m v_m† per pair of windows, real where they are the same; `spread` makes it fall with their distance. */
export const positiveKappa = (couplings: number, windows: number, uniform: () => number): ((to: number, from: number) => ComplexEntries) => {
  const table = new Map<number, ComplexEntries>()
  for (let to = 0; to < windows; to += 1) {
    for (let from = 0; from <= to; from += 1) {
      const re = new Array<number>(couplings * couplings).fill(0)
      const im = new Array<number>(couplings * couplings).fill(0)
      for (let m = 0; m < couplings; m += 1) {
        const x = Array.from({ length: couplings }, () => 2 * uniform() - 1)
        const y = Array.from({ length: couplings }, () => (to === from ? 0 : 2 * uniform() - 1))
        for (let a = 0; a < couplings; a += 1) {
          for (let b = 0; b < couplings; b += 1) {
            re[a * couplings + b]! += x[a]! * x[b]! + y[a]! * y[b]!
            im[a * couplings + b]! += y[a]! * x[b]! - x[a]! * y[b]!
          }
        }
      }
      for (let a = 0; a < couplings; a += 1) im[a * (couplings + 1)] = 0
      table.set(to * windows + from, { re, im })
    }
  }
  return (to, from) => table.get(to * windows + from)!
}

export const sum = (values: Vector): number => values.reduce((total, value) => total + value, 0)
