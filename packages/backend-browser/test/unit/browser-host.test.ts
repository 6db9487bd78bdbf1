import { MessageChannel as NodeChannel, Worker as NodeWorker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DenseBackend, Issue, Threads } from '@mesobath/contracts'
import { openTeam, ThreadLost, wasmBackend } from '@mesobath/kernels'
import { browserHost, browserPause, browserThreads } from '@mesobath/backend-browser'

// The page is a toy: threads of Node in the place of web workers. CI runs the same in Chromium.

/** What the scope of a web worker has and a thread of Node has not. */
const SCOPE = `
const port = require('node:worker_threads').parentPort
globalThis.postMessage = (message) => { port.postMessage(message) }
globalThis.close = () => { port.close() }
port.once('message', (data) => { globalThis.onmessage({ data }) })
`

const scripts: string[] = []
const workers: NodeWorker[] = []

class ToyBlob {
  readonly text: string
  constructor(parts: readonly string[]) {
    this.text = parts.join('')
  }
}

class ToyWorker {
  onmessage: (() => void) | null = null
  onerror: ((event: { message: string; preventDefault(): void }) => void) | null = null
  readonly #thread: NodeWorker

  constructor(url: string) {
    this.#thread = new NodeWorker(scripts[Number(url)]! + SCOPE, { eval: true, execArgv: [] })
    this.#thread.unref()
    workers.push(this.#thread)
    this.#thread.on('message', () => { this.onmessage?.() })
    this.#thread.on('error', ({ message }) => { this.onerror?.({ message, preventDefault: () => undefined }) })
  }

  postMessage(message: unknown): void {
    this.#thread.postMessage(message)
  }

  terminate(): void {
    void this.#thread.terminate()
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, milliseconds) })

const openPage = (isolated = true): void => {
  vi.stubGlobal('crossOriginIsolated', isolated)
  vi.stubGlobal('navigator', { hardwareConcurrency: 2, deviceMemory: 4 })
  vi.stubGlobal('Blob', ToyBlob)
  vi.stubGlobal('URL', { createObjectURL: ({ text }: ToyBlob) => `${scripts.push(text) - 1}` })
  vi.stubGlobal('Worker', ToyWorker)
}

const threadsOf = (lost?: (issue: Issue) => void): Threads => {
  const found = browserThreads({ count: 2, ...(lost === undefined ? {} : { lost }) })
  if (found._tag === 'Left') throw new Error(found.left[0].message)
  return found.right
}

/** Runs a script and waits for its end. */
const ending = (threads: Threads, source: string): Promise<void> => new Promise((resolve) => { threads.start(source, null, resolve) })

afterEach(async () => {
  vi.unstubAllGlobals()
  scripts.length = 0
  await Promise.all(workers.splice(0).map((each) => each.terminate()))
})

describe('threads of a page', () => {
  beforeEach(() => openPage())

  it('are as many as the browser has processors, and share the work with the same bits', async () => {
    const host = browserHost({ reproducible: true })
    expect([host.threads?.count, host.backend?.threads, host.backend?.id]).toEqual([2, 2, 'wasm-simd'])
    const n = 300
    const product = async (backend: DenseBackend): Promise<readonly Float64Array[]> => {
      const planes = Array.from({ length: 3 }, () => backend.allocate(n, n, false))
      for (const plane of [planes[0]!.re, planes[0]!.im!, planes[1]!.re, planes[1]!.im!]) for (let i = 0; i < plane.length; i++) plane[i] = ((i * 7919) % 1013) / 1013 - 0.5
      for (let round = 0; round < 12; round++) {
        await backend.multiply(planes[0]!, planes[1]!, n, n, n, planes[2]!, false)
        await pause(5)
      }
      return [planes[2]!.re, planes[2]!.im!]
    }
    const shared = await product(host.backend!)
    expect(workers.length).toBe(1)
    expect(shared).toEqual(await product(wasmBackend()!))
  }, 60_000)

  it('tell of their end when the script is through, so that they may be started again', async () => {
    const threads = threadsOf()
    await ending(threads, 'globalThis.onmessage = () => {}')
    await ending(threads, 'globalThis.onmessage = () => {}')
    expect(scripts.length).toBe(1)
  })

  it('tell of their end when the script fails, and why', async () => {
    const issues: Issue[] = []
    await ending(threadsOf((issue) => { issues.push(issue) }), 'globalThis.onmessage = () => { throw new Error("out of order") }')
    expect(issues.map(({ code }) => code)).toEqual(['backend-browser/worker-lost'])
    expect(issues[0]!.message).toContain('out of order')
  })

  it('tell of their end once when they are ended', async () => {
    let ended = 0
    const thread = threadsOf().start('globalThis.onmessage = () => { for (;;); }', null, () => { ended++ })
    thread.end()
    thread.end()
    expect(ended).toBe(1)
  })

  it('that die in a tile give a fault and no hang', async () => {
    const threads = threadsOf()
    const team = openTeam({
      patience: 400,
      threads: { count: 2, start: (source, message, ended) => threads.start(source.replace('kernels[kernel](', 'process.exit(1), kernels[kernel]('), message, ended) },
    })!
    const n = 64
    const x = team.allocate(n * n)
    const job = Float64Array.of(x.offset, 0, x.offset, 0, x.offset, 0, n, n, n, 0, 0, 0, 12, 8, n, n, n)
    await expect((async () => {
      for (let round = 0; round < 2000; round++) {
        team.run('productTile', job, 48)
        if (round % 20 === 0) await pause(1)
      }
    })()).rejects.toThrow(ThreadLost)
  }, 30_000)

  it('that a policy of the page forbids leave the work to the caller, and it is said', async () => {
    vi.stubGlobal('Worker', class { constructor() { throw new Error('refused by a policy') } })
    const issues: Issue[] = []
    const { backend } = browserHost({ reproducible: true, lacking: (issue) => { issues.push(issue) } })
    const a = backend!.allocate(300, 300, true)
    a.re.fill(1)
    const out = backend!.allocate(300, 300, true)
    for (let round = 0; round < 30; round++) await backend!.multiply(a, a, 300, 300, 300, out, false)
    expect(out.re.every((value) => value === 300)).toBe(true)
    expect(issues.map(({ code }) => code)).toEqual(['backend-browser/worker-lost'])
  })

  it('refuse a number of them that is none', () => {
    for (const count of [0, -1, 1.5, Number.NaN]) expect(() => browserThreads({ count })).toThrow(RangeError)
  })
})

describe('a page that lacks something', () => {
  const said = (options: Parameters<typeof browserHost>[0] = {}): { readonly host: ReturnType<typeof browserHost>; readonly codes: readonly string[] } => {
    const codes: string[] = []
    return { host: browserHost({ ...options, lacking: ({ code }) => { codes.push(code) } }), codes }
  }

  it('goes on with one thread where it is not isolated, and says so', () => {
    openPage(false)
    const { host, codes } = said()
    expect([host.threads, host.backend?.threads, codes]).toEqual([undefined, 1, ['backend-browser/not-isolated']])
  })

  it('goes on with one thread where there are no workers, and says so', () => {
    openPage()
    vi.stubGlobal('Worker', undefined)
    const { host, codes } = said()
    expect([host.threads, host.backend?.threads, codes]).toEqual([undefined, 1, ['backend-browser/no-workers']])
  })

  it('goes on with plain JavaScript where there is no WebAssembly, and says so', () => {
    openPage()
    vi.stubGlobal('WebAssembly', undefined)
    const { host, codes } = said()
    expect([host.backend?.id, codes]).toEqual(['js', ['backend-browser/no-wasm']])
  })

  it('says nothing where one thread is all that was asked for', () => {
    openPage(false)
    const { host, codes } = said({ threads: 1, backend: 'js' })
    expect([host.backend?.id, codes]).toEqual(['js', []])
  })

  it('limits a run to half of the memory of the device, where that is told', () => {
    openPage()
    expect(browserHost().memoryLimit).toBe(2 * 1024 * 1024 * 1024)
    expect(browserHost({ memoryLimit: 12345 }).memoryLimit).toBe(12345)
    vi.stubGlobal('navigator', { hardwareConcurrency: 2 })
    expect(browserHost().memoryLimit).toBeUndefined()
  })
})

describe('a pause of a page', () => {
  it('lets others run meanwhile', async () => {
    const seen: string[] = []
    const { port1, port2 } = new NodeChannel()
    port1.once('message', () => { seen.push('event'); port1.close() })
    port2.postMessage(null)
    await browserPause()
    await browserPause()
    seen.push('after')
    expect(seen).toEqual(['event', 'after'])
  })

  it('ends at once where there is no channel', async () => {
    vi.stubGlobal('MessageChannel', undefined)
    await browserPause()
  })
})
