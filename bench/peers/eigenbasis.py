"""All eigenvalues and eigenvectors of a complex Hermitian matrix; prints seconds. Usage: eigenbasis.py [threads] [size]"""
import os
import sys

for name in ('OPENBLAS_NUM_THREADS', 'OMP_NUM_THREADS', 'MKL_NUM_THREADS'):
    os.environ[name] = sys.argv[1] if len(sys.argv) > 1 else '2'
import time

import numpy as np
import scipy.linalg

size = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
rng = np.random.default_rng(1)
matrix = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
matrix = (matrix + matrix.conj().T) / 2
begun = time.perf_counter()
scipy.linalg.eigh(matrix, driver='evr', overwrite_a=True, check_finite=False)
print(f'{time.perf_counter() - begun:.4f}')
