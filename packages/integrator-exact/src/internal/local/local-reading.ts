import { chebyshevWalk, windowFilterCoefficients } from '@mesobath/kernels'
import type { Pace } from '../pace.js'
import { addInteraction, filteredBaths, OPERATIONS_PER_STATE } from './local-shop.js'
import type { LocalShop } from './local-shop.js'

/** What is read off the state at one time, averaged over draws. */
export interface LocalReading {
  /** p(ε_k, E) [level, joint window]. */
  readonly populations: Float64Array
  /** ∂t p by each bath at λ_ν = 1 [bath][level, joint window]. */
  readonly unitRates: readonly Float64Array[]
  /** ρ_S(E) [joint window, k, q]. */
  readonly re: Float64Array
  readonly im: Float64Array
  /** ‖Ψ‖², ⟨H_ν⟩ and ⟨V_ν⟩ [baths]: of the state itself, not of the windows. */
  norm: number
  readonly bathEnergies: Float64Array
  readonly unitInteractions: Float64Array
}

/** Reads states of one shop. */
export interface LocalMeter {
  /** Reads the state; false where cancelled, the last reading then kept. */
  read(pace: Pace): Promise<boolean>
  /** The last that was read to its end. */
  readonly reading: LocalReading
}

/** Operations per number and inner product. */
const OPERATIONS_PER_INNER = 8

/** One filtered bath as its reading needs it. */
interface Sieve {
  readonly bath: number
  readonly count: number
  readonly stride: number
  readonly terms: number
  /** [window, term]. */
  readonly coefficients: Float64Array
}

/**
 * ρ_S(E)_kq = ⟨ψ_q|Πf_{E_ν}(H_ν)|ψ_k⟩ and, as everything but the interactions commutes with the windows, ∂t p(ε_k, E) =
 * Σ_ν λ_ν 2 Im⟨ψ_k|Πf_{E_ν}|(V_ν Ψ)_k⟩.
 *
 * Windows of all filtered baths but the last are applied to Ψ and V_ν Ψ, into vectors of their own; the polynomials of the last run
 * through Ψ, and each of their inner products with those vectors serves all of its windows. One bath takes no vector of its own, one
 * product with H_B for each term of its filter, and no window any.
 */
export const localMeter = (shop: LocalShop, draws: number): LocalMeter => {
  const { workspace, model, bounds, polynomials, next, extra } = shop
  const { dimension: d, baths, windows } = model
  const sieves = filteredBaths(model).map((bath): Sieve => {
    const { windows: own, filter } = baths[bath]!
    const coefficients = new Float64Array(own.energies.length * filter!.terms)
    windowFilterCoefficients(own, filter!, coefficients)
    return { bath, count: own.energies.length, stride: model.strides[bath]!, terms: filter!.terms, coefficients }
  })
  const last = sieves.pop() ?? { bath: 0, count: 1, stride: 0, terms: 1, coefficients: Float64Array.of(1) }
  const kinds = 1 + baths.length
  /** First of the d vectors of each kind, Ψ and the V_ν Ψ, in each joint window of `sieves` [window, kind], and its share of a joint window's index. */
  let places: Int32Array = new Int32Array(kinds)
  for (let bath = 0; bath < baths.length; bath++) places[1 + bath] = bath === 0 ? next : extra + (bath - 1) * d
  let offsets: Int32Array = new Int32Array(1)
  let free = extra + (baths.length - 1) * d
  /** One sieve after another: where it reads and writes. */
  const stages = sieves.map((sieve) => {
    const from = places
    places = new Int32Array(offsets.length * sieve.count * kinds)
    const spread = new Int32Array(offsets.length * sieve.count)
    for (let at = 0; at < spread.length; at++) {
      spread[at] = offsets[Math.floor(at / sieve.count)]! + (at % sieve.count) * sieve.stride
      for (let kind = 0; kind < kinds; kind++) {
        places[at * kinds + kind] = free
        free += d
      }
    }
    offsets = spread
    return { sieve, from, to: places }
  })
  const pair = new Float64Array(2)
  const share = 1 / draws
  const empty = (): LocalReading => ({
    populations: new Float64Array(d * windows), unitRates: baths.map(() => new Float64Array(d * windows)),
    re: new Float64Array(windows * d * d), im: new Float64Array(windows * d * d),
    norm: 0, bathEnergies: new Float64Array(baths.length), unitInteractions: new Float64Array(baths.length),
  })
  let known = empty()
  /** What is being read takes the place of the last one when it is complete. */
  let reading = empty()

  /** f_E of one sieve on one vector, for all of its windows. */
  const sift = async ({ bath, terms, count, coefficients }: Sieve, from: number, to: (window: number) => number, pace: Pace): Promise<boolean> => {
    const walk = chebyshevWalk(workspace, baths[bath]!.own, bounds[bath]!, polynomials[0], polynomials[1])
    workspace.copy(from, polynomials[0])
    for (let window = 0; window < count; window++) workspace.clear(to(window))
    for (let m = 0; m < terms; m++) {
      if (m > 0) walk.step()
      for (let window = 0; window < count; window++) workspace.add(walk.current, to(window), coefficients[window * terms + m]!, 0)
      if (pace.due((OPERATIONS_PER_STATE + OPERATIONS_PER_INNER * count) * model.states) && !(await pace.breathe())) return false
    }
    return true
  }

  /** What is read of the column without windows, and V_ν Ψ. */
  const readWhole = (state: number): void => {
    const [room] = polynomials
    for (let bath = 0; bath < baths.length; bath++) {
      const pulled = places0[1 + bath]!
      for (let k = 0; k < d; k++) {
        workspace.apply(baths[bath]!.own, state + k, room, 1, 0, 0, 0)
        reading.bathEnergies[bath] = reading.bathEnergies[bath]! + share * workspace.overlap(state + k, room)
        workspace.clear(pulled + k)
      }
      addInteraction(baths[bath]!, workspace, state, pulled, 1)
      for (let k = 0; k < d; k++) reading.unitInteractions[bath] = reading.unitInteractions[bath]! + share * workspace.overlap(state + k, pulled + k)
    }
    for (let k = 0; k < d; k++) reading.norm += share * workspace.overlap(state + k, state + k)
  }
  const places0 = stages.length === 0 ? places : stages[0]!.from

  /** Adds z = ⟨T_m ψ_q|·⟩ to all windows of the last sieve. */
  const note = (m: number, offset: number, re: number, im: number, q: number, k: number): void => {
    for (let window = 0; window < last.count; window++) {
      const weight = share * last.coefficients[window * last.terms + m]!
      const at = (offset + window * last.stride) * d * d
      reading.re[at + k * d + q] = reading.re[at + k * d + q]! + weight * re
      reading.im[at + k * d + q] = reading.im[at + k * d + q]! + weight * im
      if (k === q) continue
      reading.re[at + q * d + k] = reading.re[at + q * d + k]! + weight * re
      reading.im[at + q * d + k] = reading.im[at + q * d + k]! - weight * im
    }
  }
  const noteRate = (m: number, offset: number, im: number, q: number, rates: Float64Array): void => {
    for (let window = 0; window < last.count; window++) {
      const at = q * windows + offset + window * last.stride
      rates[at] = rates[at]! + 2 * share * last.coefficients[window * last.terms + m]! * im
    }
  }

  const readColumn = async (column: number, pace: Pace): Promise<boolean> => {
    const state = shop.column(column)
    places0[0] = state
    readWhole(state)
    for (const { sieve, from, to } of stages) {
      for (let at = 0; at < from.length; at++) {
        const window = Math.floor(at / kinds)
        for (let k = 0; k < d; k++) {
          const target = (own: number): number => to[(window * sieve.count + own) * kinds + (at % kinds)]! + k
          if (!(await sift(sieve, from[at]! + k, target, pace))) return false
        }
      }
    }
    const inners = offsets.length * (d + baths.length)
    for (let q = 0; q < d; q++) {
      workspace.copy(state + q, polynomials[0])
      const walk = chebyshevWalk(workspace, baths[last.bath]!.own, bounds[last.bath]!, polynomials[0], polynomials[1])
      for (let m = 0; m < last.terms; m++) {
        if (m > 0) walk.step()
        for (let outer = 0; outer < offsets.length; outer++) {
          for (let k = 0; k <= q; k++) {
            workspace.inner(walk.current, places[outer * kinds]! + k, pair)
            note(m, offsets[outer]!, pair[0]!, pair[1]!, q, k)
          }
          for (let bath = 0; bath < baths.length; bath++) {
            workspace.inner(walk.current, places[outer * kinds + 1 + bath]! + q, pair)
            noteRate(m, offsets[outer]!, pair[1]!, q, reading.unitRates[bath]!)
          }
        }
        if (pace.due((OPERATIONS_PER_STATE + OPERATIONS_PER_INNER * inners) * model.states) && !(await pace.breathe())) return false
      }
    }
    return true
  }

  return {
    get reading() {
      return known
    },
    read: async (pace) => {
      for (const plane of [reading.re, reading.im, reading.bathEnergies, reading.unitInteractions, ...reading.unitRates]) plane.fill(0)
      reading.norm = 0
      for (let column = 0; column < shop.columns; column++) if (!(await readColumn(column, pace))) return false
      for (let k = 0; k < d; k++) {
        for (let window = 0; window < windows; window++) reading.populations[k * windows + window] = reading.re[(window * d + k) * d + k]!
      }
      const before = known
      known = reading
      reading = before
      return true
    },
  }
}
