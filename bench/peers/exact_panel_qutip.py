"""One panel of Fig. 2 by QuTiP's krylovsolve from one initial level after another; prints the seconds that all 400 of them would take.

Every n-th level is run and the seconds are scaled by n. usage: exact_panel_qutip.py [threads] [n]
"""
import os
import sys

for name in ('OPENBLAS_NUM_THREADS', 'OMP_NUM_THREADS', 'MKL_NUM_THREADS'):
    os.environ[name] = sys.argv[1] if len(sys.argv) > 1 else '2'
EVERY = int(sys.argv[2]) if len(sys.argv) > 2 else 20
import time

import numpy as np
import qutip
from panel import HIGH, LOW, hamiltonian

matrix = qutip.Qobj(hamiltonian())
upper = qutip.Qobj(np.diag(np.concatenate([np.ones(LOW), np.zeros(HIGH)])))
times = np.linspace(0, 60, 121)
options = qutip.Options(atol=1e-8, rtol=1e-8, normalize_output=False)
begun = time.perf_counter()
chosen = range(0, LOW, EVERY)
populations = sum(
    np.real(qutip.krylovsolve(matrix, qutip.basis(LOW + HIGH, level), times, krylov_dim=30, e_ops=[upper], options=options).expect[0])
    for level in chosen) / len(chosen)
seconds = (time.perf_counter() - begun) * LOW / len(chosen)
print(f'QuTiP {qutip.__version__}, {len(chosen)} of {LOW} levels, plateau {populations[-1]:.3f}', file=sys.stderr)
assert abs(populations[-1] - 0.4) < 0.15, populations[-1]
print(f'{seconds:.4f}')
