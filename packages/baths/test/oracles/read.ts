import type { BathModel, Outcome, SpectralBath } from '@mesobath/contracts'
import { orThrow } from '@mesobath/contracts'

/** Codes of a failure, or [] of a success. */
export const codes = (outcome: Outcome<unknown>): readonly string[] => (outcome._tag === 'Left' ? outcome.left.map(({ code }) => code) : [])

/** Messages of a failure joined, or ''. */
export const messages = (outcome: Outcome<unknown>): string => (outcome._tag === 'Left' ? outcome.left.map(({ message }) => message).join('\n') : '')

/** The realised bath. */
export const realise = (bath: BathModel): SpectralBath => {
  const microscopic = bath.can.microscopic
  if (microscopic === undefined) throw new Error('not microscopic')
  const realised = orThrow(microscopic())
  if (realised.kind !== 'spectral') throw new Error('not spectral')
  return realised
}

/** One block as numbers; zeros where the bath says that there is none. */
export const readBlock = (bath: SpectralBath, coupling: number, to: number, from: number) => {
  const rows = bath.window.filter((index) => index === to).length
  const columns = bath.window.filter((index) => index === from).length
  const re = new Float64Array(rows * columns)
  const im = new Float64Array(rows * columns)
  const occupied = bath.block(coupling, to, from, { re, im })
  return { rows, columns, re, im, occupied }
}

/** FNV-1a over the bytes of arrays. */
export const hashBits = (...arrays: readonly Float64Array[]): string => {
  let hash = 0x811c9dc5
  for (const array of arrays) {
    for (const byte of new Uint8Array(array.buffer, array.byteOffset, array.byteLength)) {
      hash = Math.imul(hash ^ byte, 0x01000193)
    }
  }
  return (hash >>> 0).toString(16)
}

/** Mean and variance. */
export const moments = (values: ArrayLike<number>): { readonly mean: number; readonly variance: number } => {
  let sum = 0
  for (let i = 0; i < values.length; i += 1) sum += values[i] as number
  const mean = sum / values.length
  let squares = 0
  for (let i = 0; i < values.length; i += 1) squares += ((values[i] as number) - mean) ** 2
  return { mean, variance: squares / (values.length - 1) }
}
