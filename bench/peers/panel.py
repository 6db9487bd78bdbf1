"""The system and bath of one panel of Fig. 2 as one matrix, shared by its peers."""
import numpy as np

LOW, HIGH, WIDTH = 400, 600, 0.5


def hamiltonian():
    """|1> with the lower window first, then |0> with the upper one."""
    rng = np.random.default_rng(1)
    levels = np.concatenate([1 + np.sort(rng.uniform(-WIDTH / 2, WIDTH / 2, LOW)), np.sort(rng.uniform(1 - WIDTH / 2, 1 + WIDTH / 2, HIGH))])
    block = 3e-3 * (rng.normal(size=(LOW, HIGH)) + 1j * rng.normal(size=(LOW, HIGH))) / np.sqrt(2)
    matrix = np.diag(levels).astype(complex)
    matrix[:LOW, LOW:] = block
    matrix[LOW:, :LOW] = block.conj().T
    return matrix
