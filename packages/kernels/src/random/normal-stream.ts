import { randomStream } from './random-stream.js'

/** Fills an array with the next normals, mean 0 and variance 1. */
export type NormalStream = (out: Float64Array) => void

let source = (seed: number, ...path: readonly number[]): NormalStream => {
  const { normal } = randomStream(seed, ...path)
  return (out) => out.forEach((_, at) => { out[at] = normal() })
}

/** From now on normals come that way, which must give the same bits. */
export const useNormals = (other: typeof source): void => { source = other }

/** The normals that `randomStream` of the same seed and path gives one by one, with the same bits; see {@link quickenNormals}. */
export const normalStream = (seed: number, ...path: readonly number[]): NormalStream => source(seed, ...path)
