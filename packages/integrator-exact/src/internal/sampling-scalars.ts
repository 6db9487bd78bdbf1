import type { MicroscopicModel } from './microscopic-model.js'
import { windowOf } from './microscopic-model.js'

/** Populations of more joint states than this have their largest error told and no other. */
const MOST_NAMED = 64

/**
 * `samplingError`, the largest standard error of a probability; `populationError/<k>/<E₁>/…`, that of p(ε_k, E), by indices; `samplingVectors`, how many they are
 * estimated from.
 */
export const samplingScalars = (model: MicroscopicModel, errors: Float64Array, vectors: number): Record<string, number> => {
  const out: Record<string, number> = { samplingError: errors.reduce((most, error) => Math.max(most, error), 0), samplingVectors: vectors }
  if (errors.length > MOST_NAMED) return out
  errors.forEach((error, node) => {
    const joint = node % model.windows
    const windows = model.baths.map((_, bath) => windowOf(model, joint, bath))
    out[`populationError/${[Math.floor(node / model.windows), ...windows].join('/')}`] = error
  })
  return out
}
