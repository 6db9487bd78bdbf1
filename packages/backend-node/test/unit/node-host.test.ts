import { totalmem } from 'node:os'
import { javascriptBackend } from '@mesobath/kernels'
import { describe, expect, it, vi } from 'vitest'
import { freeMemory, nodeHost } from '@mesobath/backend-node'

describe('nodeHost', () => {
  it('limits a run to the memory that is free', () => {
    const before = freeMemory()
    const limit = nodeHost().memoryLimit ?? NaN
    expect(limit).toBeGreaterThan(0)
    expect(limit).toBeLessThanOrEqual(totalmem())
    // Other processes of the machine come and go meanwhile; a wrong unit would miss by a thousand.
    expect(Math.abs(Math.log2(limit / before))).toBeLessThan(2)
  })

  it('takes a limit and a backend instead', () => {
    const backend = javascriptBackend()
    const host = nodeHost({ memoryLimit: 12345, backend })
    expect(host.memoryLimit).toBe(12345)
    expect(host.backend).toBe(backend)
  })

  it('multiplies and adds in one rounding on every version of Node, unless bits must be those of all engines', () => {
    // Mutant: the flag is not set; then Node 20 has no such module.
    expect(nodeHost({ backend: 'wasm', reproducible: true }).backend?.id).toBe('wasm-simd')
    expect(nodeHost({ backend: 'wasm' }).backend?.id).toBe('wasm-simd-fma')
    expect(nodeHost().backend?.id).toBe('wasm-simd-fma')
  })

  it('goes on with plain JavaScript where there is no WebAssembly, and says so', () => {
    vi.stubGlobal('WebAssembly', undefined)
    try {
      const codes: string[] = []
      expect(nodeHost({ backend: 'wasm', replaced: ({ code }) => { codes.push(code) } }).backend?.id).toBe('js')
      expect(codes).toEqual(['backend-node/no-wasm'])
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it('lets the event loop run while it breathes', async () => {
    const seen: string[] = []
    setImmediate(() => seen.push('event'))
    await nodeHost().breathe?.()
    await nodeHost().breathe?.()
    seen.push('after')
    expect(seen).toEqual(['event', 'after'])
  })
})
