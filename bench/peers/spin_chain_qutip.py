"""Peer of spin-chain.mjs by QuTiP 4: the same chain as a sparse Qobj, from the same kind of random vector (one thread).

Prints the seconds. krylovsolve takes about half of the time of sesolve. usage: spin_chain_qutip.py [time units] [spins] [sesolve | krylovsolve]
"""
import sys
import time

import numpy as np
import qutip

LENGTH = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
SPINS = int(sys.argv[2]) if len(sys.argv) > 2 else 18
SOLVER = sys.argv[3] if len(sys.argv) > 3 else 'krylovsolve'
GAP, STRENGTH, STEP, TOLERANCE = 4.0, 0.3, 2.0, 1e-8


def on(operators):
    """The tensor product with identities wherever no operator is given."""
    return qutip.tensor([operators.get(site, qutip.qeye(2)) for site in range(SPINS + 1)])


begun = time.perf_counter()
x, z = qutip.sigmax(), qutip.sigmaz()
hamiltonian = GAP * on({0: qutip.basis(2, 1).proj()}) + STRENGTH * on({0: x, 1: x})
for site in range(1, SPINS + 1):
    hamiltonian += on({site: 1.05 * x + 0.5 * z})
    if site < SPINS:
        hamiltonian += on({site: z, site + 1: z})
rng = np.random.default_rng(1)
half = 2 ** SPINS
vector = np.zeros(2 * half, dtype=complex)
vector[half:] = np.exp(2j * np.pi * rng.random(half)) / np.sqrt(half)
start = qutip.Qobj(vector.reshape(-1, 1), dims=[[2] * (SPINS + 1), [1] * (SPINS + 1)])
times = np.arange(0, LENGTH + STEP / 2, STEP)
excited = on({0: qutip.basis(2, 1).proj()})
coherence = on({0: qutip.sigmap()})
options = qutip.Options(atol=TOLERANCE, rtol=TOLERANCE, nsteps=1_000_000, normalize_output=False)
if SOLVER == 'sesolve':
    found = qutip.sesolve(hamiltonian, start, times, e_ops=[excited, coherence], options=options)
else:
    found = qutip.krylovsolve(hamiltonian, start, times, krylov_dim=30, e_ops=[excited, coherence], options=options, sparse=True)
print(f'QuTiP {qutip.__version__} {SOLVER}, p(1)', *(f'{value:.4f}' for value in np.real(found.expect[0])[[0, -1]]), file=sys.stderr)
print(f'{time.perf_counter() - begun:.4f}')
