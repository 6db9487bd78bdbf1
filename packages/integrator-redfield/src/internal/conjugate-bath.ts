import type { ComplexMatrix } from '@mesobath/contracts'
import type { PreparedBath } from '@mesobath/composition'

const conjugate = (matrix: ComplexMatrix): ComplexMatrix => (matrix.im === null ? matrix : { ...matrix, im: matrix.im.map((value) => -value) })

/** Whether the conjugate bath is the bath itself: one coupling has a real κ, so that only S^α can be complex. */
export const isReal = (bath: PreparedBath): boolean =>
  bath.systemCouplings.length === 1 && (bath.systemCouplings[0].im === null || bath.systemCouplings[0].im.every((value) => value === 0))

/**
 * The bath with S^α and κ^{αα'} conjugated, for a flat window. Its generator L_c has the conjugate Hamiltonian and dissipator, so that
 * ρ ↦ conj L_c(conj ρ) has the same dissipation as L and the opposite shifts: half the sum is the one, half the difference the other.
 */
export const conjugateBath = (bath: PreparedBath): PreparedBath => ({
  ...bath,
  systemCouplings: bath.systemCouplings.map(conjugate),
  correlation: {
    lineShape: bath.correlation.lineShape,
    strength: (request, out) => {
      const asked = bath.correlation.strength(request, out)
      if (asked._tag === 'Right' && out.im !== null) for (let i = 0; i < out.im.length; i += 1) out.im[i] = -out.im[i]
      return asked
    },
  },
})
