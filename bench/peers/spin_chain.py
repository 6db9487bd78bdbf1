"""Peer of spin-chain.mjs: the same chain as a SciPy CSR matrix, with the same Chebyshev recursion written in NumPy (one thread).

Prints the seconds. usage: spin_chain.py [evolution | windows] [spins]
"""
import sys
import time

import numpy as np
import scipy.sparse as sp
from scipy.special import jv

WHAT = sys.argv[1] if len(sys.argv) > 1 else 'evolution'
SPINS = int(sys.argv[2]) if len(sys.argv) > 2 else 18
GAP, STRENGTH, STEP, STEPS = 4.0, 0.3, 2.0, 100


def chain(spins, system):
    """CSR of the chain, and with `system` of one more spin in front: (gap)|1><1| + strength sx sx."""
    sites = spins + (1 if system else 0)
    size = 2 ** sites
    index = np.arange(size, dtype=np.int32)
    z = [1 - 2 * ((index >> (sites - 1 - site)) & 1).astype(float) for site in range(sites)]
    bath = z[1:] if system else z
    diagonal = sum(a * b for a, b in zip(bath, bath[1:])) + 0.5 * sum(bath)
    if system:
        diagonal = diagonal + GAP * (z[0] < 0)
    masks = [(1 << (spins - 1 - site), 1.05) for site in range(spins)]
    if system:
        masks.append(((1 << (sites - 1)) | (1 << (spins - 1)), STRENGTH))
    columns = np.stack([index] + [index ^ mask for mask, _ in masks], axis=1)
    data = np.stack([diagonal] + [np.full(size, value) for _, value in masks], axis=1)
    matrix = sp.csr_matrix((data.ravel(), columns.ravel(), np.arange(size + 1, dtype=np.int32) * (len(masks) + 1)), shape=(size, size))
    matrix.sort_indices()
    return matrix


def bounds(matrix):
    values = sp.linalg.eigsh(matrix, k=2, which='BE', tol=1e-2, return_eigenvectors=False)
    margin = 0.01 * (values.max() - values.min())
    return values.min() - margin, values.max() + margin


def planes(vector):
    """A complex vector as two real columns: CSR would turn itself into a complex matrix at every product otherwise."""
    return np.ascontiguousarray(np.stack([vector.real, vector.imag], axis=1))


def evolution():
    matrix = chain(SPINS, True)
    low, high = bounds(matrix)
    centre, radius = (low + high) / 2, (high - low) / 2
    scaled = ((matrix - centre * sp.identity(matrix.shape[0], format='csr')) / radius).tocsr()
    rng = np.random.default_rng(1)
    half = 2 ** SPINS
    state = np.zeros((2 * half, 2))
    state[half:] = planes(np.exp(2j * np.pi * rng.random(half)) / np.sqrt(half))
    argument = radius * STEP
    terms = int(argument + 6 * argument ** (1 / 3) + 12)
    weights = jv(np.arange(terms), argument) * 2
    weights[0] /= 2
    found = []
    for _ in range(STEPS):
        before, current = state, scaled @ state
        total = weights[0] * before
        for m in range(1, terms):
            weight = weights[m] * (1 if m % 4 < 2 else -1)
            if m % 2 == 0:
                total += weight * current
            else:
                # (-i)(re + i im) = im - i re
                total[:, 0] += weight * current[:, 1]
                total[:, 1] -= weight * current[:, 0]
            following = scaled @ current
            following *= 2
            following -= before
            before, current = current, following
        state = total
        found.append(np.sum(state[half:] ** 2))
    print('p(1)', 1.0, *(f'{found[at]:.4f}' for at in (24, 49, 74, 99)), 'norm', np.sum(state ** 2), file=sys.stderr)


def windows():
    matrix = chain(SPINS, False)
    low, high = bounds(matrix)
    centre, radius = (low + high) / 2, (high - low) / 2
    scaled = ((matrix - centre * sp.identity(matrix.shape[0], format='csr')) / radius).tocsr()
    softness = 0.05 * 2 / radius
    terms = int(np.ceil(np.sqrt(-2 * np.log(1e-6)) / softness))
    rng = np.random.default_rng(1)
    start = planes(np.exp(2j * np.pi * rng.random(2 ** SPINS)))
    flipped = start.reshape(2, -1, 2)[::-1].reshape(start.shape).copy()
    moments, images = np.zeros(2 * terms), np.zeros(terms)
    before, current = start, scaled @ start
    moments[0] = np.vdot(start, start)
    moments[1] = np.vdot(start, current)
    images[0], images[1] = np.vdot(flipped, start), np.vdot(flipped, current)
    for m in range(1, terms):
        moments[2 * m] = 2 * np.vdot(current, current) - moments[0]
        following = scaled @ current
        following *= 2
        following -= before
        before, current = current, following
        moments[2 * m + 1] = 2 * np.vdot(current, before) - moments[1]
        if m + 1 < terms:
            images[m + 1] = np.vdot(flipped, current)
    orders = np.arange(1, terms)
    for energy in np.arange(2 * np.ceil(low / 2), high, 2.0):
        upper, lower = (np.arccos(np.clip((energy + side - centre) / radius, -1, 1)) for side in (1, -1))
        series = np.concatenate([[(lower - upper) / np.pi], 2 / np.pi / orders * np.exp(-(orders * softness) ** 2 / 2) * (np.sin(orders * lower) - np.sin(orders * upper))])
        volume = series @ moments[:terms]
        if energy == 0:
            print(f'{terms} polynomials, V of E = 0: {volume:.0f}', file=sys.stderr)


begun = time.perf_counter()
evolution() if WHAT == 'evolution' else windows()
print(f'{time.perf_counter() - begun:.4f}')
