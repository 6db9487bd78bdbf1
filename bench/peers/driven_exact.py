"""Figs. 3 and 5 by diagonalisation, hand-optimised; prints seconds. Usage: driven_exact.py [threads]

A spin whose upper level goes 1, 2, 1, 2 every 120 in a bath of 100, 200 and 400 levels: populations at 121 times, and at 25 of them the mutual
information of system and bath, the spectrum of the bath's state by a Gram matrix of its 200 columns.
"""
import os
import sys

for name in ('OPENBLAS_NUM_THREADS', 'OMP_NUM_THREADS', 'MKL_NUM_THREADS'):
    os.environ[name] = sys.argv[1] if len(sys.argv) > 1 else '2'
import time

import numpy as np
import scipy.linalg

begun = time.perf_counter()
rng = np.random.default_rng(1)
volumes, width, half = (100, 200, 400), 0.5, 120
edges = np.concatenate([[0], np.cumsum(volumes)])
bath = edges[-1]
levels = np.concatenate([np.sort(rng.uniform(energy - width / 2, energy + width / 2, volume)) for energy, volume in enumerate(volumes)])
coupling = np.zeros((bath, bath), complex)
for upper in range(1, 3):
    for lower in range(upper):
        rows, columns = volumes[upper], volumes[lower]
        block = 3e-3 * (rng.normal(size=(rows, columns)) + 1j * rng.normal(size=(rows, columns))) / np.sqrt(2)
        coupling[edges[upper]:edges[upper + 1], edges[lower]:edges[lower + 1]] = block
        coupling[edges[lower]:edges[lower + 1], edges[upper]:edges[upper + 1]] = block.conj().T


def entropy(weights):
    weights = weights[weights > 0]
    return -np.sum(weights * np.log(weights))


systems = []
for energy in (1, 2):
    hamiltonian = np.zeros((2 * bath, 2 * bath), complex)
    hamiltonian[:bath, :bath] = np.diag(levels)
    hamiltonian[bath:, bath:] = np.diag(levels + energy)
    hamiltonian[:bath, bath:] = coupling
    hamiltonian[bath:, :bath] = coupling
    systems.append(scipy.linalg.eigh(hamiltonian, driver='evr'))

psi = np.zeros((2 * bath, volumes[0]), complex)
psi[bath:bath + volumes[0]] = np.eye(volumes[0]) / np.sqrt(volumes[0])
times = np.linspace(0, 480, 121)
populations, information = [], []
for part in range(4):
    values, vectors = systems[part % 2]
    coordinates = vectors.conj().T @ psi
    for index, moment in enumerate(times):
        if not (part * half <= moment < (part + 1) * half or (part == 3 and moment == 480)):
            continue
        state = vectors @ (np.exp(-1j * values * (moment - part * half))[:, None] * coordinates)
        squares = (np.abs(state) ** 2).sum(axis=1)
        populations.append([squares[level * bath + edges[e]:level * bath + edges[e + 1]].sum() for level in range(2) for e in range(3)])
        if index % 5 == 0:
            low, high = state[:bath], state[bath:]
            cross = np.vdot(high, low)
            reduced = np.array([[squares[:bath].sum(), cross], [cross.conj(), squares[bath:].sum()]])
            columns = np.concatenate([low, high], axis=1)
            gram = columns.conj().T @ columns
            information.append(entropy(np.linalg.eigvalsh(reduced)) + entropy(np.linalg.eigvalsh(gram)) - np.log(volumes[0]))
    psi = vectors @ (np.exp(-1j * values * half)[:, None] * coordinates)
assert len(populations) == 121 and len(information) == 25
assert abs(sum(populations[-1]) - 1) < 1e-10 and 0 < information[-1] < 2 * np.log(2)
print(f'{time.perf_counter() - begun:.4f}')
