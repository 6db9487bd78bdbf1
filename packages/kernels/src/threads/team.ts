import type { Thread, Threads } from '@mesobath/contracts'
import { freeList } from '../dense/free-list.js'
import {
  DONE, KERNEL, MOST_PARAMETERS, MOST_THREADS, MOST_TILES, PARAMETERS, PRESENT, STOP, TICKET, TILE_BITS, TILE_MASK, TOTAL, WAKE,
} from './control.js'
import { kernelModule } from './kernel-module.js'
import { ThreadLost } from './thread-lost.js'
import { THREAD_SOURCE } from './thread-source.js'
import { webAssembly } from './web-assembly.js'
import type { WasmMemory } from './web-assembly.js'

/** Numbers in a team's memory. */
export interface TeamArray {
  /** Where they begin, in bytes: what a kernel is told. */
  readonly offset: number
  /** The numbers themselves. Read it again after each `allocate`: a memory that grows makes new views. */
  readonly values: Float64Array
}

/** Options of {@link openTeam}. */
export interface TeamOptions {
  /** Threads to share the work with; the calling one alone unless lent. */
  readonly threads?: Threads
  /** Whether multiply and add may be one instruction with one rounding, where the engine has it. Not unless told. */
  readonly fused?: boolean
  /** Milliseconds without progress, while the caller waits, after which a thread counts as lost; 10 000 unless told. */
  readonly patience?: number
}

/** Threads at work in one memory. */
export interface Team {
  /** How many may work at a time, the calling one included; 1 where no memory can be shared. */
  readonly threads: number
  /** Whether kernels multiply and add in one rounding. */
  readonly fused: boolean
  /** Zeroed numbers. Throws a RangeError where 4 GiB are exhausted. */
  allocate(length: number): TeamArray
  release(array: TeamArray): void
  /** Whether numbers lie in the team's memory as it is now, so that kernels reach them. */
  owns(values: Float64Array): boolean
  /**
   * Runs kernel(job, tile) for every tile below `tiles` and returns when all are done; `parameters` are numbers at `job`, at most 64. The calling
   * thread works too. One tile alone runs at once, without waking any other; so do all of them where `alone`.
   *
   * The result has the same bits whoever computes which tile, provided that no tile reads what another one writes. Throws
   * {@link ThreadLost} where a thread ended within a tile.
   */
  run(kernel: string, parameters: ArrayLike<number>, tiles: number, alone?: boolean): void
  /** An exported function of the kernels that works on the calling thread alone; arguments are offsets and numbers. */
  kernel(name: string): (...given: readonly number[]) => void
  /** Ends the threads now; otherwise they end by themselves when there has been nothing to do for some seconds. */
  dispose(): void
}

/** Bytes of a page of WebAssembly; the first one holds the control words. */
const PAGE = 65536
const MOST_PAGES = 65536
/** Share of itself that a memory grows by at least. */
const GROWTH = 0.25
/** Looks at the counter before the calling thread sleeps. */
const LOOKS = 20_000
/** The caller looks again after so many milliseconds. Naps without progress are counted and not the clock, so that a machine that sleeps does not count. */
const NAP = 50
/** Milliseconds without a finished tile after which a thread counts as lost: hundreds of times what a tile takes. */
const PATIENCE = 10_000
/** Where the calling thread may not sleep, as in a window of a browser: so many looks stand for a nap. */
const LOOKS_PER_NAP = 5_000_000

/** Whether this thread may sleep: a window of a browser may not. */
const maySleep = (words: Int32Array): boolean => {
  try {
    Atomics.wait(words, DONE, -1, 0)
    return true
  } catch {
    return false
  }
}

type Kernel = (job: number, tile: number) => void

const sharedMemory = (): WasmMemory | null => {
  if ((globalThis as { readonly SharedArrayBuffer?: unknown }).SharedArrayBuffer === undefined) return null
  try {
    return new (webAssembly()!.Memory)({ initial: 1, maximum: MOST_PAGES, shared: true })
  } catch {
    // No room for the addresses of 4 GiB, or not isolated from other origins.
    return null
  }
}

/**
 * A memory with kernels in it and threads to run them, or null where the engine has no WebAssembly with SIMD.
 *
 * Threads start with the first job of several tiles and join as soon as they are ready; nothing waits for them.
 */
export const openTeam = (options: TeamOptions = {}): Team | null => {
  const { threads: lent, patience = PATIENCE } = options
  const engine = webAssembly()
  if (engine === undefined) return null
  const wanted = lent === undefined ? 1 : Math.min(MOST_THREADS, Math.max(1, Math.floor(lent.count)))
  const shared = wanted > 1 ? sharedMemory() : null
  const fusedModule = options.fused === true ? kernelModule(true, shared !== null) : null
  const module = fusedModule ?? kernelModule(false, shared !== null)
  if (module === null) return null
  const memory = shared ?? new engine.Memory({ initial: 1, maximum: MOST_PAGES, shared: false })
  const threads = shared === null ? 1 : wanted
  const { exports } = new engine.Instance(module, { env: { memory } })
  const names = engine.Module.exports(module).filter(({ kind }) => kind === 'function').map(({ name }) => name)
  const list = freeList(PAGE, memory.buffer.byteLength)
  // Views of the control words stay valid where the memory is shared; otherwise nobody else reads them.
  const words = new Int32Array(shared === null ? new ArrayBuffer(PARAMETERS) : memory.buffer, 0, PARAMETERS / 4)
  const sleeps = shared !== null && maySleep(words)
  let parameters = new Float64Array(memory.buffer, PARAMETERS, MOST_PARAMETERS)
  let seen = 0
  const hired: (Thread | null)[] = Array.from({ length: threads - 1 }, () => null)
  const scratches: number[] = []
  /** Memory from here on has never been lent: it is zero as the engine made it. */
  let untouched = PAGE
  let epoch = 0
  let lost = false
  let disposed = false
  /** Times that the memory has grown, which makes every view anew. Asking the engine for its buffer takes as long as a short kernel. */
  let growths = 0

  const grow = (pages: number): boolean => {
    try {
      if (memory.grow(pages) < 0) return false
    } catch {
      // Engines differ: some throw beyond the maximum.
      return false
    }
    growths++
    list.extend(pages * PAGE)
    return true
  }

  const take = (bytes: number): number => {
    const found = list.take(bytes)
    if (found >= 0) return found
    const least = Math.ceil(list.shortage(bytes) / PAGE)
    // More than is asked for, since every growth makes all views anew; pages that nobody writes to take no room.
    const pages = Math.max(least, Math.ceil((GROWTH * memory.buffer.byteLength) / PAGE))
    if (!grow(pages) && !grow(least)) throw new RangeError('the memory of the wasm kernels is exhausted')
    return list.take(bytes)
  }
  const scratchBytes = (exports.scratchSize as () => number)()
  ;(exports.useScratch as (at: number) => void)(take(scratchBytes))

  class Numbers implements TeamArray {
    readonly offset: number
    readonly length: number
    #view: Float64Array
    #growths: number

    constructor(offset: number, length: number) {
      this.offset = offset
      this.length = length
      this.#view = new Float64Array(memory.buffer, offset, length)
      this.#growths = growths
    }

    get values(): Float64Array {
      if (this.#growths !== growths) {
        this.#view = new Float64Array(memory.buffer, this.offset, this.length)
        this.#growths = growths
      }
      return this.#view
    }
  }
  const live = new WeakSet<TeamArray>()

  const find = (name: string): Kernel => {
    const kernel = exports[name] as Kernel | undefined
    if (kernel === undefined) throw new Error(`there is no kernel \`${name}\``)
    return kernel
  }

  const hire = (): void => {
    for (let slot = 0; slot < hired.length; slot++) {
      if (hired[slot] !== null) continue
      scratches[slot] ??= take(scratchBytes)
      const place = slot
      // Said for the thread, so that one that fails before it can speak is not asked again.
      Atomics.store(words, PRESENT + slot, 1)
      hired[slot] = lent!.start(THREAD_SOURCE, { module, memory, slot, scratch: scratches[slot] }, () => {
        // One that ended for want of work has said so, and may come back; one that failed stays away.
        if (Atomics.load(words, PRESENT + place) === 0 && Atomics.load(words, STOP) === 0) hired[place] = null
      })
    }
  }

  const finish = (tiles: number): void => {
    let last = -1
    let naps = 0
    for (let looks = 0; ; looks++) {
      const done = Atomics.load(words, DONE)
      if (done === tiles) return
      if (done !== last) {
        last = done
        naps = 0
      }
      if (sleeps && looks >= LOOKS) {
        Atomics.wait(words, DONE, done, NAP)
        naps++
      } else if (!sleeps && looks % LOOKS_PER_NAP === LOOKS_PER_NAP - 1) naps++
      if (naps * NAP > patience) {
        lost = true
        for (const thread of hired) thread?.end()
        throw new ThreadLost()
      }
    }
  }

  return {
    threads,
    fused: fusedModule !== null,
    allocate: (length) => {
      const array = new Numbers(take(length * 8), length)
      const used = Math.max(0, Math.min(length, Math.ceil((untouched - array.offset) / 8)))
      array.values.fill(0, 0, used)
      untouched = Math.max(untouched, array.offset + length * 8)
      live.add(array)
      return array
    },
    release: (array) => {
      if (!live.delete(array)) throw new Error('numbers released to a team that did not allocate them, or released twice')
      list.give(array.offset, (array as Numbers).length * 8)
    },
    owns: (values) => values.buffer === memory.buffer,
    kernel: (name) => find(name) as unknown as (...given: readonly number[]) => void,
    run: (name, given, tiles, alone = false) => {
      const kernel = find(name)
      if (given.length > MOST_PARAMETERS) throw new RangeError(`a job has at most ${MOST_PARAMETERS} parameters, but was given ${given.length}`)
      if (lost) throw new ThreadLost()
      const single = threads === 1 || tiles === 1 || alone || disposed
      if (!single) hire()
      if (seen !== growths) {
        parameters = new Float64Array(memory.buffer, PARAMETERS, MOST_PARAMETERS)
        seen = growths
      }
      if (single) {
        for (let i = 0; i < given.length; i++) parameters[i] = given[i]!
        for (let tile = 0; tile < tiles; tile++) kernel(PARAMETERS, tile)
        return
      }
      if (tiles > MOST_TILES) throw new RangeError(`a job has at most ${MOST_TILES} tiles, but was given ${tiles}`)
      epoch++
      const open = epoch << TILE_BITS
      // Closed first: no claim made on what stood here before may succeed from now on.
      Atomics.store(words, TICKET, open | TILE_MASK)
      for (let i = 0; i < given.length; i++) parameters[i] = given[i]!
      Atomics.store(words, KERNEL, names.indexOf(name))
      Atomics.store(words, TOTAL, tiles)
      Atomics.store(words, DONE, 0)
      Atomics.store(words, TICKET, open)
      Atomics.add(words, WAKE, 1)
      Atomics.notify(words, WAKE)
      for (;;) {
        const ticket = Atomics.load(words, TICKET)
        const tile = ticket & TILE_MASK
        if (tile >= tiles) break
        if (Atomics.compareExchange(words, TICKET, ticket, ticket + 1) !== ticket) continue
        kernel(PARAMETERS, tile)
        Atomics.add(words, DONE, 1)
      }
      finish(tiles)
    },
    dispose: () => {
      disposed = true
      Atomics.store(words, STOP, 1)
      Atomics.add(words, WAKE, 1)
      Atomics.notify(words, WAKE)
    },
  }
}
