import { setFlagsFromString } from 'node:v8'

/** The engine of Node 20, which has relaxed SIMD as later ones do, but behind a flag. */
const FLAGGED = /^11\.3\./

/** Lets the engine take modules with relaxed SIMD where it has that behind a flag alone. It must come before the first module is compiled. */
export const allowRelaxedSimd = (): void => {
  if (FLAGGED.test(process.versions.v8 ?? '')) setFlagsFromString('--experimental-wasm-relaxed-simd')
}
