import { CONTRACT, fail, issue, succeed } from '@mesobath/contracts'
import type {
  Attachment, BathCapabilities, BathModel, BathState, ComplexMatrix, Identity, Outcome, Planes, RateModel, Vector, Windows,
} from '@mesobath/contracts'

/** What a toy says of itself. */
export const toyIdentity = (name: string): Identity =>
  ({ contract: CONTRACT, name, package: 'toys', version: '0.0.0', citations: [], recipe: null })

/** A real matrix from rows. */
export const realMatrix = (rows: readonly (readonly number[])[]): ComplexMatrix =>
  ({ rows: rows.length, columns: rows[0].length, re: Float64Array.from(rows.flat()), im: null })

export const PAULI_X = realMatrix([[0, 1], [1, 0]])

/** Windows one unit apart, whatever their width. */
export const unitWindows = (logVolumes: readonly number[], width: number): Windows =>
  ({ energies: Float64Array.from(logVolumes, (_, e) => e), width, logVolumes: Float64Array.from(logVolumes) })

export const toyBath = (windows: Windows, can: BathCapabilities = {}, couplings = 1): BathModel => ({
  ...toyIdentity('toy-bath'),
  windows,
  couplings,
  meanCouplings: Array.from({ length: couplings }, () => new Float64Array(windows.energies.length)),
  can,
})

export const attach = (label: string, bath: BathModel, strength: number, coupling: ComplexMatrix = PAULI_X): Attachment =>
  ({ label, bath, strength, systemCouplings: [coupling] })

/** All weight on one window. */
export const inWindow = (windows: Windows, index: number): BathState =>
  ({ kind: 'windows', probabilities: Float64Array.from(windows.energies, (_, e) => (e === index ? 1 : 0)) })

/** |level⟩⟨level|. */
export const systemLevel = (dimension: number, level: number): ComplexMatrix =>
  realMatrix(Array.from({ length: dimension }, (_, k) => Array.from({ length: dimension }, (_, q) => (k === level && q === level ? 1 : 0))))

/** κ the same for every pair of windows, with the line shape of a flat window. */
export const flatRates = (strength: number): RateModel => ({
  ...toyIdentity('flat'),
  needs: [],
  correlate: (bath) => succeed({
    lineShape: { kind: 'flat-window', width: bath.windows.width, finiteTime: false },
    strength: (request, out: Planes): Outcome<void> => {
      out.re.fill(strength, 0, request.to.length)
      return succeed(undefined)
    },
  }),
})

/** p(E) of a bath's state over windows; toys know no other kind. */
export const windowProbabilities = (state: BathState): Outcome<Vector> =>
  state.kind === 'windows' ? succeed(state.probabilities)
    : fail(issue('toys/initial', ['initial'], `\`initial\` must be given over windows, but is '${state.kind}'`))
