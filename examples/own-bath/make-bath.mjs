// A small real bath: a chaotic chain of nine spins, diagonalised, written as `energies` [512] and `coupling` [512, 512].
import { mkdirSync, writeFileSync } from 'node:fs'
import { orThrow } from '@mesobath/contracts'
import { encodeBath } from '@mesobath/results'
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'

// H = Σ σz σz + Σ (g σx + h σz) + h' σz of the last spin. In a field that is neither along nor across the bonds the Ising chain
// is chaotic; the extra field at one end breaks its mirror symmetry, which would split the spectrum into two that do not meet.
const SPINS = 9
const ACROSS = 1.05
const ALONG = 0.5
const AT_THE_END = 0.25

const size = 2 ** SPINS
const spin = (state, site) => 1 - 2 * ((state >> (SPINS - 1 - site)) & 1)
const sites = Array.from({ length: SPINS }, (_, site) => site)

const hamiltonian = Matrix.zeros(size, size)
for (let state = 0; state < size; state += 1) {
  const bonds = sites.slice(1).reduce((sum, site) => sum + spin(state, site - 1) * spin(state, site), 0)
  const field = sites.reduce((sum, site) => sum + ALONG * spin(state, site), 0)
  hamiltonian.set(state, state, bonds + field + AT_THE_END * spin(state, SPINS - 1))
  for (const site of sites) hamiltonian.set(state, state ^ (1 << (SPINS - 1 - site)), ACROSS)
}

const { realEigenvalues, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(hamiltonian, { assumeSymmetric: true })

// The system will hold on to σx of the first spin. σx permutes the basis; then to the basis of energies: Vᵀ σx V.
const flipped = new Matrix(size, size)
for (let state = 0; state < size; state += 1) flipped.setRow(state, vectors.getRow(state ^ (1 << (SPINS - 1))))
const coupling = vectors.transpose().mmul(flipped)

// Hermitian to the last bit, whatever the rounding of the diagonalisation.
const re = Float64Array.from({ length: size * size }, (_, at) => {
  const [row, column] = [Math.floor(at / size), at % size]
  return 0.5 * (coupling.get(row, column) + coupling.get(column, row))
})
const bath = { levels: Float64Array.from(realEigenvalues), couplings: [{ rows: size, columns: size, re, im: null }] }

mkdirSync('out', { recursive: true })
writeFileSync('out/chain.h5', orThrow(await encodeBath(bath, 'hdf5')))
console.log(`out/chain.h5: ${size} levels from ${Math.min(...realEigenvalues).toFixed(2)} to ${Math.max(...realEigenvalues).toFixed(2)}`)
