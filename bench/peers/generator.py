"""Prints the median seconds of SciPy's CSR product with the generator of bench/generator.mjs, whose jumps it asks for."""
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

WINDOWS, LEVELS, APPLICATIONS = 100, 2, 20
SIZE = WINDOWS**3

jumps = json.loads(subprocess.run(
    ["node", str(Path(__file__).parent.parent / "generator.mjs"), "matrix"], check=True, capture_output=True, text=True).stdout)
begun = time.perf_counter()
places = np.arange(SIZE).reshape(WINDOWS, WINDOWS, WINDOWS)
rows, columns, values = [], [], []
exits = np.zeros(LEVELS * SIZE)
for axis, bath in enumerate(jumps):
    for from_level, from_window, to_level, to_window, rate in bath:
        source = from_level * SIZE + places.take(from_window, axis=axis).ravel()
        target = to_level * SIZE + places.take(to_window, axis=axis).ravel()
        rows.append(target)
        columns.append(source)
        values.append(np.full(source.size, rate))
        exits[source] -= rate
everything = np.arange(LEVELS * SIZE)
matrix = csr_matrix((np.concatenate([*values, exits]), (np.concatenate([*rows, everything]), np.concatenate([*columns, everything]))))
assembled = time.perf_counter() - begun
x = 1.0 + np.arange(LEVELS * SIZE) % 7
seconds = []
for _ in range(APPLICATIONS):
    at = time.perf_counter()
    y = matrix @ x
    seconds.append(time.perf_counter() - at)
assert abs(y.sum()) < 1e-5
middle = sorted(seconds)[APPLICATIONS // 2]
print(f"CSR of {matrix.nnz} entries: assembly {assembled:.1f} s, {1e9 * middle / matrix.shape[0]:.2f} ns per state", file=sys.stderr)
print(f"{middle:.5f}")
