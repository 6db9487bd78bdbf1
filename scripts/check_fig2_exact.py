"""Recomputes every exact curve of `mesobath figure fig2` from its stored realization, by plain diagonalisation.

Needs NumPy and h5py (Debian: python3-numpy python3-h5py); shares nothing with the packages.
usage: python3 scripts/check_fig2_exact.py out/fig2
Prints, per panel, the largest difference of p(eps_1, E=eps_0; t) to the stored curve; exits 1 where it exceeds 1e-8.
"""
import glob
import os
import sys

import h5py
import numpy as np

TOLERANCE = 1e-8  # far below the 1e-2 that the figure is about, far above rounding
COUPLING_STRENGTH = 3e-3


def populations(energies, window, coupling, times, half_filled):
    low = np.flatnonzero(window == 0)
    high = np.flatnonzero(window == 1)
    low = low[np.argsort(energies[low], kind='stable')]
    n = len(low)
    hamiltonian = np.diag(np.concatenate([1 + energies[low], energies[high]])).astype(complex)
    hamiltonian[:n, n:] = COUPLING_STRENGTH * coupling[np.ix_(low, high)]
    hamiltonian[n:, :n] = hamiltonian[:n, n:].conj().T
    values, vectors = np.linalg.eigh(hamiltonian)
    occupied = n // 2 if half_filled else n
    upper, start = vectors[:n], vectors[:occupied]
    overlap = (upper.conj().T @ upper).T * (start.conj().T @ start)
    phases = np.exp(1j * np.outer(times, values))
    return np.einsum('ti,ji,tj->t', phases, overlap, phases.conj()).real / occupied


def main(folder):
    paths = sorted(glob.glob(os.path.join(folder, '*', 'run.h5')))
    if not paths:
        sys.exit(f'no run.h5 under {folder}')
    worst = 0.0
    for path in paths:
        name = os.path.basename(os.path.dirname(path))
        with h5py.File(path) as file:
            times = file['times'][:]
            stored = file['methods/exact/populations'][:, 1, 0]
            realization = file['realization']
            energies, window = realization['energies'][:], realization['window'][:]
            coupling = realization['coupling_re'][:] + 1j * realization['coupling_im'][:]
        if abs(coupling - coupling.conj().T).max() > 1e-12:
            sys.exit(f'{name}: the coupling operator is not Hermitian')
        difference = abs(populations(energies, window, coupling, times, name.endswith('half')) - stored).max()
        worst = max(worst, difference)
        print(f'{name:18s} {difference:.1e}')
    sys.exit(0 if worst < TOLERANCE else 1)


if __name__ == '__main__':
    main(sys.argv[1])
