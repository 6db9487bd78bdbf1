"""One complex product of 1000 x 1000 matrices; prints seconds. Usage: product.py [threads]"""
import os
import sys

for name in ('OPENBLAS_NUM_THREADS', 'OMP_NUM_THREADS', 'MKL_NUM_THREADS'):
    os.environ[name] = sys.argv[1] if len(sys.argv) > 1 else '1'
import time

import numpy as np

rng = np.random.default_rng(1)
a, b = (rng.normal(size=(1000, 1000)) + 1j * rng.normal(size=(1000, 1000)) for _ in range(2))
best = float('inf')
for _ in range(8):
    begun = time.perf_counter()
    a @ b
    best = min(best, time.perf_counter() - begun)
print(f'{best:.4f}')
