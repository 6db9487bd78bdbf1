import { windowFilterCoefficients } from '@mesobath/kernels'
import type { Pace } from '../pace.js'
import { OPERATIONS_PER_STATE } from './local-evolution.js'
import { addInteraction } from './local-shop.js'
import type { LocalShop } from './local-shop.js'

/** What is read off the state at one time, averaged over draws. */
export interface LocalReading {
  /** p(ε_k, E) [level, window]. */
  readonly populations: Float64Array
  /** ρ_S(E) [window, k, q]. */
  readonly re: Float64Array
  readonly im: Float64Array
  /** ‖Ψ‖², ⟨H_B⟩ and ⟨H_int⟩ at λ = 1: of the state itself, not of the windows. */
  norm: number
  bathEnergy: number
  unitInteraction: number
}

/** Reads states of one shop. */
export interface LocalMeter {
  /** Reads the state; false where cancelled, the last reading then kept. */
  read(pace: Pace): Promise<boolean>
  /** The last that was read to its end. */
  readonly reading: LocalReading
}

/**
 * ρ_S(E)_kq = ⟨ψ_q|f_E(H_B)|ψ_k⟩ from moments ⟨ψ_q|T_m|ψ_k⟩, two of them for each product with H_B: T_2m = 2T_m² − 1, T_2m+1 = 2T_{m+1}T_m − T_1.
 * The moments do not know of windows: all come out of the same ones.
 */
export const localMeter = (shop: LocalShop, draws: number): LocalMeter => {
  const { workspace, model, bounds } = shop
  const d = model.dimension
  const { filter } = model.bath
  const count = model.windows.energies.length
  const terms = filter?.terms ?? 1
  const coefficients = new Float64Array(count * terms)
  if (filter === undefined) coefficients[0] = 1
  else windowFilterCoefficients(model.windows, filter, coefficients)
  const half = (terms >> 1) + 1
  /** [m, k, q] of one column. */
  const re = new Float64Array(terms * d * d)
  const im = new Float64Array(terms * d * d)
  const pair = new Float64Array(2)
  const empty = (): LocalReading => ({
    populations: new Float64Array(d * count), re: new Float64Array(count * d * d), im: new Float64Array(count * d * d), norm: 0, bathEnergy: 0, unitInteraction: 0,
  })
  let last = empty()
  /** What is being read takes the place of the last one when it is complete. */
  let reading = empty()
  const centre = 0.5 * (bounds.lower + bounds.upper)
  const inverse = 2 / (bounds.upper - bounds.lower)
  const share = 1 / draws

  /** Moment m of all pairs from ⟨a_q|b_k⟩: twice that, less moment `base` where m > base. */
  const note = (m: number, a: number, b: number, base: number): void => {
    if (m >= terms) return
    for (let k = 0; k < d; k++) {
      for (let q = 0; q <= k; q++) {
        const at = (m * d + k) * d + q
        const mirror = (m * d + q) * d + k
        workspace.inner(a + q, b + k, pair)
        const known = (base * d + k) * d + q
        re[at] = m === base ? pair[0]! : 2 * pair[0]! - re[known]!
        im[at] = m === base ? pair[1]! : 2 * pair[1]! - im[known]!
        re[mirror] = re[at]!
        im[mirror] = -im[at]!
      }
    }
  }

  const readColumn = async (column: number, pace: Pace): Promise<boolean> => {
    const state = shop.column(column)
    let [current, previous] = shop.polynomials
    for (let k = 0; k < d; k++) {
      workspace.apply(0, state + k, previous + k, 1, 0, 0, 0)
      reading.bathEnergy += share * workspace.overlap(state + k, previous + k)
      workspace.clear(previous + k)
    }
    addInteraction(model.systemCouplings, workspace, state, previous, 1)
    for (let k = 0; k < d; k++) {
      reading.unitInteraction += share * workspace.overlap(state + k, previous + k)
      workspace.copy(state + k, current + k)
    }
    note(0, current, current, 0)
    for (let k = 0; k < d; k++) reading.norm += share * re[k * d + k]!
    for (let m = 1; m < half; m++) {
      const factor = m === 1 ? inverse : 2 * inverse
      for (let k = 0; k < d; k++) workspace.apply(0, current + k, previous + k, factor, 0, -factor * centre, m === 1 ? 0 : -1)
      const moved = previous
      previous = current
      current = moved
      note(2 * m - 1, current, previous, 1)
      note(2 * m, current, current, 0)
      if (pace.due(OPERATIONS_PER_STATE * d * model.states) && !(await pace.breathe())) return false
    }
    for (let window = 0; window < count; window++) {
      for (let entry = 0; entry < d * d; entry++) {
        let sumRe = 0
        let sumIm = 0
        for (let m = 0; m < terms; m++) {
          const weight = coefficients[window * terms + m]!
          sumRe += weight * re[m * d * d + entry]!
          sumIm += weight * im[m * d * d + entry]!
        }
        reading.re[window * d * d + entry] = reading.re[window * d * d + entry]! + share * sumRe
        reading.im[window * d * d + entry] = reading.im[window * d * d + entry]! + share * sumIm
      }
    }
    return true
  }

  return {
    get reading() {
      return last
    },
    read: async (pace) => {
      reading.re.fill(0)
      reading.im.fill(0)
      reading.norm = 0
      reading.bathEnergy = 0
      reading.unitInteraction = 0
      for (let column = 0; column < shop.columns; column++) if (!(await readColumn(column, pace))) return false
      for (let k = 0; k < d; k++) {
        for (let window = 0; window < count; window++) reading.populations[k * count + window] = reading.re[(window * d + k) * d + k]!
      }
      const before = last
      last = reading
      reading = before
      return true
    },
  }
}
