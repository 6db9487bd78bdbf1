// The part of the WebAssembly interface that is used; its types come with the DOM library only.

/** A linear memory. Growing one that is not shared detaches its views. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer
  grow(pages: number): number
}

/** The namespace of an engine. */
export interface WebAssemblyNamespace {
  readonly Module: (new (bytes: Uint8Array<ArrayBuffer>) => object) & { exports(module: object): readonly { readonly name: string; readonly kind: string }[] }
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> }
  readonly Memory: new (description: { readonly initial: number; readonly maximum: number; readonly shared: boolean }) => WasmMemory
}

/** What the engine at hand offers, undefined where it has no WebAssembly. */
export const webAssembly = (): WebAssemblyNamespace | undefined => (globalThis as { readonly WebAssembly?: WebAssemblyNamespace }).WebAssembly
