// From import to the finite-time Redfield curve of Fig. 2, in a process that has loaded nothing else.
const begun = performance.now()
const [{ randomMatrixBath }, { orThrow }, { finiteTimeRedfield }, { complexMatrix }, { randomMatrixRates }, { solve }] = await Promise.all([
  import('@mesobath/baths'), import('@mesobath/contracts'), import('@mesobath/integrator-redfield'), import('@mesobath/kernels'), import('@mesobath/rates-rmt'), import('@mesobath/solve'),
])

const bath = orThrow(randomMatrixBath({
  windows: [{ energy: 0, volume: 400 }, { energy: 1, volume: 600 }], windowWidth: 0.5, spectrum: 'random', deviation: 1, seed: 1,
}))
const run = orThrow(await solve({
  energies: Float64Array.of(0, 1),
  baths: [{ label: 'bath', bath, strength: 3e-3, systemCouplings: [complexMatrix(2, 2, [0, 1, 1, 0])] }],
  initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
  times: Float64Array.from({ length: 121 }, (_, i) => i / 2),
  drive: null,
}, finiteTimeRedfield({ rates: randomMatrixRates() })))
const seconds = (performance.now() - begun) / 1000
if (run.times.length !== 121) throw new Error(`the curve must have 121 times, but has ${run.times.length}`)
console.log(seconds)
