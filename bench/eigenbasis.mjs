// Prints the seconds of all eigenvalues and eigenvectors of a complex Hermitian matrix.
// usage: node eigenbasis.mjs [wasm | native | js] [threads] [size]
import { nodeHost } from '@mesobath/backend-node'
import { hermitianEigenbasis, randomStream } from '@mesobath/kernels'

const [name = 'wasm', threads = '2', size = '1000'] = process.argv.slice(2)
const { backend, breathe } = nodeHost({ backend: name, threads: Number(threads), replaced: ({ message }) => { throw new Error(message) } })
const n = Number(size)
const stream = randomStream(1)
const matrix = backend.allocate(n, n, false)
for (let r = 0; r < n; r++) {
  for (let c = 0; c <= r; c++) {
    matrix.re[r * n + c] = stream.normal()
    if (c < r) matrix.im[r * n + c] = stream.normal()
  }
}
const vectors = backend.allocate(n, n, false)
const values = new Float64Array(n)
const begun = performance.now()
const ending = await hermitianEigenbasis(backend, matrix, n, values, vectors, async () => { await breathe(); return true })
const seconds = (performance.now() - begun) / 1000
// A random Hermitian matrix has a semicircle of radius 2 √(2n).
if (ending !== 'ok' || !(Math.abs(values[n - 1] / Math.sqrt(8 * n) - 1) < 0.1)) throw new Error(`the spectrum must end near its edge, but ends at ${values[n - 1]} (${ending})`)
console.error(`${backend.id}, ${backend.threads} threads`)
console.log(seconds.toFixed(4))
