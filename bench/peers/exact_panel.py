"""One panel of Fig. 2 by diagonalisation, hand-optimised; prints seconds. Usage: exact_panel.py [threads]"""
import os
import sys

for name in ('OPENBLAS_NUM_THREADS', 'OMP_NUM_THREADS', 'MKL_NUM_THREADS'):
    os.environ[name] = sys.argv[1] if len(sys.argv) > 1 else '2'
import time

import numpy as np
import scipy.linalg

begun = time.perf_counter()
rng = np.random.default_rng(1)
low, high, width = 400, 600, 0.5
levels = np.concatenate([1 + np.sort(rng.uniform(-width / 2, width / 2, low)), np.sort(rng.uniform(1 - width / 2, 1 + width / 2, high))])
block = 3e-3 * (rng.normal(size=(low, high)) + 1j * rng.normal(size=(low, high))) / np.sqrt(2)
hamiltonian = np.diag(levels).astype(complex)
hamiltonian[:low, low:] = block
hamiltonian[low:, :low] = block.conj().T
values, vectors = scipy.linalg.eigh(hamiltonian, driver='evr')
upper = vectors[:low]
gram = upper.conj().T @ upper
overlap = (gram.T * gram).real
phases = np.outer(np.linspace(0, 60, 121), values)
cosine, sine = np.cos(phases), np.sin(phases)
populations = ((cosine @ overlap) * cosine + (sine @ overlap) * sine).sum(axis=1) / low
assert abs(populations[-1] - 0.4) < 0.03, populations[-1]
print(f'{time.perf_counter() - begun:.4f}')
