// A relaxation by numbers alone.
import { complexMatrix, dormandPrince, exp, hermitianEigenvalues } from '@mesobath/kernels'

const relaxation = dormandPrince(1, (_time, p, out) => { out[0] = -0.1 * p[0]! }, { absoluteTolerance: 1e-12, relativeTolerance: 0 })
relaxation.restart(0, Float64Array.of(1))
if (relaxation.advance(10, 10_000) !== 'ok' || Math.abs(relaxation.state[0]! - exp(-1)) > 1e-10) throw new Error('the decay is not exponential')
export const eigenvalues: ArrayLike<number> = hermitianEigenvalues(complexMatrix(2, 2, [0, 1, 1, 0]))
