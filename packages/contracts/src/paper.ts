import type { Citation } from './identity.js'

/** The paper that derives the extended microcanonical master equation. */
export const PAPER: Citation = {
  key: 'RieraCampeny2021',
  bibtex: `@article{RieraCampeny2021,
  author = {Riera-Campeny, Andreu and Sanpera, Anna and Strasberg, Philipp},
  title = {Quantum Systems Correlated with a Finite Bath: Nonequilibrium Dynamics and Thermodynamics},
  journal = {PRX Quantum},
  volume = {2},
  pages = {010340},
  year = {2021},
  doi = {10.1103/PRXQuantum.2.010340}
}`,
}
