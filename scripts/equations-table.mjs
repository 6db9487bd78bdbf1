// The equations of Riera-Campeny, Sanpera and Strasberg, PRX Quantum 2, 010340 (2021), and why some of them have no symbol.

const run = (prefix, last) => Array.from({ length: last }, (_, index) => `${prefix}${index + 1}`)

/** Every numbered equation, in the order of the paper. Appendix F has none. */
export const EQUATIONS = [...run('', 75), ...run('A', 23), ...run('B', 12), ...run('C', 8), ...run('D', 4), ...run('E', 8), ...run('G', 11)]

const THERMODYNAMICS = 'thermodynamics: no package computes it yet; samples carry p, its derivative and the work, which is all that an observer needs'

const each = (equations, reason) => Object.fromEntries(equations.map((equation) => [equation, reason]))

/** Equation → why neither a symbol implements it nor a test is named after it. Tags and tests take precedence over a line here. */
export const EXPLAINED = {
  1: 'the von Neumann equation: exact evolution solves it for H itself, without the interaction picture',
  2: 'the general second-order equation: Eq. 14 is what it becomes with the projector of Eq. 4',
  6: 'a definition, made precise by Eqs. 12, 13, 19 and 20',
  ...each(['9', '10', '11'], 'a step from Eq. 2 to Eq. 14'),
  12: 'a definition; Eq. 13 is what is summed',
  15: 'the time average that keeps ω = ω\' between Eqs. 14 and 17',
  16: 'names the one-sided transform, which Eqs. B4 and B12 give in closed form and a rate model may give itself',
  23: 'the approximation that turns Eq. 13 into Eq. 24',
  24: 'a correlation function that never decays; only its Fourier transform, Eq. 25, is used',
  28: 'the ansatz behind Eq. 29; its functions belong to a bath or a rate model as options',
  38: 'follows from Eq. 37 by a sum over windows; the populations of Eq. 36 are computed instead',
  39: 'the stationary state of the fixed-bath reference; its equation is solved instead',
  ...each(['40', '41', '42'], THERMODYNAMICS),
  43: 'the Hamiltonian of the spin model: a problem, not a method',
  ...each(['46', '48', '49', '50', '51', '52', '53', '54', '55', '56', '57', '58', '59', '60', '61', '62', '63', '64', '65', '66', '67'], THERMODYNAMICS),
  68: 'the protocol of Fig. 3: a drive that a problem may carry, not a method',
  70: 'Eq. 13 of the one bath whose window changes',
  ...each(['72', '73', '74'], THERMODYNAMICS),
  A3: 'the step that gives Eq. A4',
  A7: 'the approximation that defines the line shape of Eq. A8',
  A9: 'the resonant limit of Eq. B12',
  A11: 'rewrites operators that are not Hermitian; the couplings of a problem must be Hermitian, so that it is never needed',
  A12: 'the ansatz of Eq. 28 for several couplings',
  ...each(['A13', 'A16'], 'a step from Eq. A12 to Eq. A17'),
  A18: 'the three kinds of rates side by side: Eqs. 25, A10 and A17',
  A19: 'an assumption under which rates are compared',
  ...each(['A20', 'A21', 'A22', 'A23'], 'a comparison of rate models, which their tests make'),
  B2: 'names the integral that Eqs. B4 and B12 evaluate',
  B3: 'the product of Eqs. A8 and A10',
  ...each(['B6', 'B7', 'B8', 'B9', 'B10', 'B11'], 'a step to Eq. B12'),
  ...each(['C2', 'C3', 'C4', 'C5'], 'a step of the proof that rates are not negative'),
  ...each(['C6', 'C7'], 'a step of the proof that rates are symmetric'),
  C8: 'the symmetry of rates: held by construction, because κ is stored once for a pair of windows',
  ...each(['D1', 'D2', 'D3', 'D4'], 'a step of the proof of Eq. 42'),
  ...each(['E1', 'E2', 'E3', 'E4'], 'Eq. 30 for one spin, with the envelope of Eq. 44'),
  E6: 'the property of the matrix of Eq. E4 that gives Eq. E7',
  E8: 'Eq. 35 for one spin',
  ...each(['G1', 'G2', 'G3', 'G4', 'G5', 'G6', 'G7'], 'a step from Eqs. 69 and 70 to Eqs. 71 and 75'),
  G9: 'names what one bath has left on a shell of total energy; shells are found as connected components instead',
  G10: 'the proof that P(E_tot) is conserved with several baths',
  G11: 'Eq. 35 with several baths: equilibrium per connected component does not count baths',
}

/** Equation with a symbol → the equation whose tests cover it, where a test of its own would only repeat them. */
export const TESTED_THROUGH = {
  4: '5',
  12: '13',
  17: '5',
  18: '21',
  20: '5',
  22: '21',
  31: '30',
  34: '36',
  35: '36',
  44: 'B5',
  69: '71',
  75: '71',
  A1: '13',
  A2: '25',
  A5: '26',
  A6: '27',
  A14: 'A17',
  B1: '14',
  B4: 'B12',
  C1: '30',
  E1: 'E7',
}
