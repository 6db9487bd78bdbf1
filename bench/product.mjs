// Prints the seconds of one complex product of 1000 × 1000 matrices by the backend named on the command line.
import { javascriptBackend, randomStream, wasmBackend } from '@mesobath/kernels'

const SIZE = 1000
const REPEATS = 3
const backend = process.argv[2] === 'js' ? javascriptBackend() : wasmBackend()
if (backend === null) throw new Error('no WebAssembly SIMD here')
const stream = randomStream(1)
const random = () => {
  const planes = backend.allocate(SIZE, SIZE, false)
  for (let i = 0; i < SIZE * SIZE; i++) {
    planes.re[i] = stream.normal()
    planes.im[i] = stream.normal()
  }
  return planes
}
const [a, b, out] = [random(), random(), backend.allocate(SIZE, SIZE, false)]
let best = Infinity
for (let i = 0; i < REPEATS; i++) {
  const begun = performance.now()
  await backend.multiply(a, b, SIZE, SIZE, SIZE, out, false)
  best = Math.min(best, (performance.now() - begun) / 1000)
}
console.error(`${(8 * SIZE ** 3 / best / 1e9).toFixed(1)} GFLOP/s`)
console.log(best.toFixed(4))
