import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { join } from 'node:path'
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript'
import { describe, expect, it } from 'vitest'
import type * as Page from './support/browser-page.js'

const support = fileURLToPath(new URL('./support/', import.meta.url))
const contracts = fileURLToPath(new URL('../../src/', import.meta.url))

/** Modules in a realm that has the language and a message channel, nothing else: no Node, no shared memory, no WebAssembly. */
const openPage = (): typeof Page => {
  const realm = createContext({ MessageChannel })
  runInContext('delete globalThis.SharedArrayBuffer; delete globalThis.Atomics; delete globalThis.WebAssembly', realm)
  const loaded = new Map<string, unknown>()
  const load = (file: string): unknown => {
    if (loaded.has(file)) return loaded.get(file)
    const code = transpileModule(readFileSync(file, 'utf8'), { compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2023 } }).outputText
    const body = runInContext(`(function (exports, load) { const require = load; ${code}\n})`, realm) as (exports: object, load: (name: string) => unknown) => void
    const exports = {}
    loaded.set(file, exports)
    body(exports, (name) => load(name === '@mesobath/contracts' ? join(contracts, 'index.ts') : join(file, '..', name.replace(/\.js$/, '.ts'))))
    return exports
  }
  return load(join(support, 'browser-page.ts')) as typeof Page
}

describe('a browser as host', () => {
  it('runs where there is neither Node nor shared memory, breathing through a message channel', async () => {
    const page = openPage()
    expect(new Set(Object.values(page.surroundings()))).toEqual(new Set(['undefined']))
    const { status, breaths, excited } = await page.runInPage(null)
    expect(status).toBe('ok')
    expect(breaths).toBeGreaterThan(10)
    const rate = 2 * 0.3 ** 2 * (Math.sqrt(600 / 400) + Math.sqrt(400 / 600))
    expect(Math.abs(excited - (0.4 + 0.6 * Math.exp(-rate * 20)))).toBeLessThan(1e-9)
  })

  it('hears a button that was pressed while the run was breathing', async () => {
    const { status, time } = await openPage().runInPage((breaths) => breaths === 3)
    expect(status).toBe('cancelled')
    expect(time).toBeGreaterThan(0)
    expect(time).toBeLessThan(20)
  })
})
