// The part of a browser's interface that is used; its types come with the DOM library only, which no other package must see.

interface Port {
  onmessage: (() => void) | null
  postMessage(message: unknown): void
  close(): void
}

/** A dedicated worker. */
export interface PageWorker {
  onmessage: ((event: unknown) => void) | null
  onerror: ((event: { readonly message?: string; preventDefault?(): void }) => void) | null
  postMessage(message: unknown): void
  terminate(): void
}

/** What a window or a worker offers; all of it may be missing elsewhere. */
export interface BrowserGlobals {
  /** Whether memory may be shared: the page is isolated from other origins by its headers. */
  readonly crossOriginIsolated?: boolean
  readonly navigator?: { readonly hardwareConcurrency?: number; readonly deviceMemory?: number }
  readonly Worker?: new (url: string) => PageWorker
  readonly Blob?: new (parts: readonly string[], options: { readonly type: string }) => object
  readonly URL?: { createObjectURL?(blob: object): string }
  readonly MessageChannel?: new () => { readonly port1: Port; readonly port2: Port }
}

/** The globals of this window or worker, read when asked. */
export const browserGlobals = (): BrowserGlobals => globalThis as unknown as BrowserGlobals
