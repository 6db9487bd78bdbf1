// Prints the seconds of one complex product of 1000 × 1000 matrices.
// usage: node product.mjs [wasm | native | js] [threads]
import { nodeHost } from '@mesobath/backend-node'
import { randomStream } from '@mesobath/kernels'

const SIZE = 1000
const REPEATS = 8
const [name = 'wasm', threads = '1'] = process.argv.slice(2)
const { backend } = nodeHost({ backend: name, threads: Number(threads), replaced: ({ message }) => { throw new Error(message) } })
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
console.error(`${backend.id}, ${backend.threads} threads: ${(8 * SIZE ** 3 / best / 1e9).toFixed(1)} GFLOP/s`)
console.log(best.toFixed(4))
