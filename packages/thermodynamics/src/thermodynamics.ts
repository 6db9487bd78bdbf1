import type { Observer } from '@mesobath/contracts'
import { closeBooks } from './internal/close-books.js'
import { judgeLaws } from './internal/laws.js'
import { LedgerRecorder } from './internal/recorder.js'
import type { Ledger } from './ledger.js'

/** Options of `thermodynamics`. */
export interface ThermodynamicsOptions {
  /** Inverse temperatures β = 1/T at which the relative-entropy form of Σ̇ (Eq. 56) is followed: finite, any sign. */
  readonly inverseTemperatures?: readonly number[]
  /** The tolerance that the run was solved with, by which a violation is told from an error; 1e-10 unless told. */
  readonly tolerance?: number
}

/** The tolerance of `solve` unless told. */
const DEFAULT_TOLERANCE = 1e-10

/**
 * The thermodynamic ledger of a run, as an observer: first and second law, effective bath temperatures, Clausius inequality, correlations.
 *
 * U = Σ(ε_k + ΣE)p, Ẇ = Σ ε̇_k p, Q̇_ν = −Σ E_ν ∂t p, S_obs = Σ p(−ln p + ln V_E), Σ̇ = dS_obs/dt. Work comes from the algorithm and energies from
 * the state, so the first law compares two numbers that were accumulated apart. One number per entry and sample is kept, nothing else.
 *
 * @param options - temperatures for Eq. 56, tolerance of the run
 * @returns an observer for `solve(…, { observers })` or `fold`; it can be used for one run after another
 * @equation 41
 * @equation 42
 * @equation 46
 * @equation 47
 * @equation 48
 * @equation 49
 * @equation 50
 * @equation 54
 * @equation 56
 * @equation 57
 * @equation 58
 * @equation 59
 * @equation 60
 * @equation 61
 * @equation 64
 * @equation 66
 * @equation 67
 * @equation 72
 * @equation 73
 * @equation 74
 */
export const thermodynamics = (options: ThermodynamicsOptions = {}): Observer<Ledger> => {
  const { inverseTemperatures = [], tolerance = DEFAULT_TOLERANCE } = options
  let recorder: LedgerRecorder | null = null
  const begun = (): LedgerRecorder => {
    if (recorder === null) throw new Error('an observer must be told of its run by `begin` before `sample` and `end`')
    return recorder
  }
  return {
    begin: (frame) => { recorder = new LedgerRecorder(frame, inverseTemperatures, tolerance) },
    sample: (sample) => begun().write(sample),
    end: () => {
      const books = closeBooks(begun().finish(), tolerance)
      return { ...books, laws: judgeLaws(books) }
    },
  }
}
