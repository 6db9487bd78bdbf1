import { decodeBase64 } from '../dense/base64.js'
import { WASM_BASE64 } from '../dense/wasm-bytes.js'
import { webAssembly } from './web-assembly.js'

type Variant = keyof typeof WASM_BASE64

/** Compiled when first asked for; null where the engine refuses: no SIMD, no relaxed SIMD, or compiling is forbidden. */
const compiled = new Map<Variant, object | null>()

/** The kernels as a module, or null where the engine cannot run them. */
export const kernelModule = (relaxed: boolean, shared: boolean): object | null => {
  const engine = webAssembly()
  if (engine === undefined) return null
  const variant: Variant = relaxed ? (shared ? 'relaxedShared' : 'relaxed') : shared ? 'plainShared' : 'plain'
  let module = compiled.get(variant)
  if (module === undefined) {
    try {
      module = new engine.Module(decodeBase64(WASM_BASE64[variant]))
    } catch {
      module = null
    }
    compiled.set(variant, module)
  }
  return module
}
