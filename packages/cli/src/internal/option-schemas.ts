import type { Json } from '@mesobath/contracts'

/** JSON Schemas of the options of the first-party entries. Ranges that a factory checks better are left to it. */

const complexNumber: Json = {
  description: 'a number or [re, im]',
  anyOf: [{ type: 'number' }, { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 }],
}

const numbers = (description: string): Json => ({ type: 'array', items: { type: 'number' }, minItems: 1, description })

const quantum: Json = { type: 'number', description: 'ω, the distance of neighbouring centres' }
const quanta: Json = { type: 'array', items: { type: 'integer', minimum: 0 }, minItems: 2, maxItems: 2, description: 'a list of two: the least and the largest number of quanta' }

const degeneracy: Json = { type: 'number', description: 'into how many levels each is split within its window; 1 unless told' }

const listedWindows: Json = {
  type: 'array', minItems: 1, description: 'a list of windows { energy, volume }',
  items: {
    type: 'object', additionalProperties: false, required: ['energy'], description: 'a map with `energy` and `volume` (or `logVolume`)',
    properties: {
      energy: { type: 'number', description: 'the centre E of the window' },
      volume: { type: 'number', description: 'the number of levels V_E' },
      logVolume: { type: 'number', description: 'ln V_E, in place of `volume`, for baths of any size' },
    },
  },
}

const windows: Json = {
  description: 'a list of windows { energy, volume }, or a map { oscillators, quantum, quanta } or { spins, quantum }',
  anyOf: [
    listedWindows,
    {
      type: 'object', additionalProperties: false, required: ['oscillators', 'quantum', 'quanta'],
      properties: { oscillators: { type: 'integer', minimum: 1, description: 'the number n of oscillators: C(m + n − 1, m) levels with m quanta' }, quantum, quanta, degeneracy },
    },
    {
      type: 'object', additionalProperties: false, required: ['spins', 'quantum'],
      properties: { spins: { type: 'integer', minimum: 1, description: 'the number n of spins: C(n, m) levels with m of them excited' }, quantum, quanta, degeneracy },
    },
  ],
}

const windowWidth: Json = { type: 'number', description: 'the width δ of every window' }
const couplings: Json = { type: 'integer', description: 'the number of coupling operators; 1 unless told' }

const meanCoupling: Json = {
  description: 'b(E, E\'): a number, [re, im], or a table by window',
  anyOf: [
    { type: 'number' },
    { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 },
    { type: 'array', items: { type: 'array', items: complexNumber } },
  ],
}

export const randomMatrixBathOptions: Json = {
  type: 'object', additionalProperties: false, required: ['windows', 'windowWidth', 'spectrum', 'seed'],
  properties: {
    windows, windowWidth,
    spectrum: { type: 'string', enum: ['random', 'regular'], description: 'levels inside a window: random (sorted) or evenly spaced' },
    seed: { type: 'integer', description: 'a non-negative integer that fixes the realisation' },
    couplings,
    deviation: { type: 'number', description: 'a, the standard deviation of every random element' },
    scaledDeviation: { type: 'number', description: 'ã, with a² = ã²/√(V_E V_E\'), for volumes of any size' },
    logVariance: { type: 'number', description: 'ln a²' },
    mean: meanCoupling,
    means: { type: 'array', items: meanCoupling, description: 'b per coupling operator, in place of `mean`' },
    symmetry: { type: 'string', enum: ['complex-hermitian', 'real-symmetric'] },
  },
}

export const windowBathOptions: Json = {
  type: 'object', additionalProperties: false, required: ['windows', 'windowWidth'],
  properties: {
    windows, windowWidth, couplings,
    meanCouplings: { type: 'array', items: numbers('⟨B⟩_E per window'), description: 'a list per coupling operator of ⟨B⟩_E per window' },
  },
}

const spectralSamples: Json = {
  type: 'object', additionalProperties: false, required: ['energies', 'frequencies', 'values'], description: 'samples { energies, frequencies, values } of F(Ē, ω)',
  properties: {
    energies: numbers('Ē, ascending'),
    frequencies: numbers('ω ≥ 0, ascending'),
    values: {
      type: 'object', additionalProperties: false, required: ['re'], description: 'a map with `re` (and `im`), each [Ē, ω, α, α\'] as one list',
      properties: { re: numbers('the real parts'), im: numbers('the imaginary parts') },
    },
  },
}

export const densityOfStatesBathOptions: Json = {
  type: 'object', additionalProperties: false, required: ['windows', 'windowWidth', 'density'],
  properties: {
    windows: {
      description: 'a map { from, to } that the windows tile, or a list of their centres',
      anyOf: [
        { type: 'object', additionalProperties: false, required: ['from', 'to'], properties: { from: { type: 'number' }, to: { type: 'number' } } },
        numbers('a list of window centres'),
      ],
    },
    windowWidth,
    density: {
      description: 'a map with `energies` and `values` (or `logValues`)',
      type: 'object', additionalProperties: false, required: ['energies'],
      properties: {
        energies: { type: 'array', items: { type: 'number' }, minItems: 2, description: 'a list of energies, ascending, that covers all windows' },
        values: { type: 'array', items: { type: 'number', exclusiveMinimum: 0 }, minItems: 2, description: 'a list of g(E) > 0, levels per unit of energy; ln g is interpolated linearly' },
        logValues: { type: 'array', items: { type: 'number' }, minItems: 2, description: 'a list of ln g(E), in place of `values`' },
      },
    },
    couplings,
  },
}

export const fileBathOptions: Json = {
  type: 'object', additionalProperties: false, required: ['path', 'windowWidth'],
  properties: {
    path: { type: 'string', minLength: 1, description: 'the path of an HDF5 or NPZ file, relative to the scenario' },
    windowWidth,
    origin: { type: 'number', description: 'the centre of one window, from which all others follow; 0 unless told' },
    windows: numbers('a list of window centres; every level must lie in one of them'),
  },
}

const perSite: Json = { description: 'one number for all, or a list of one each', anyOf: [{ type: 'number' }, { type: 'array', items: { type: 'number' } }] }
const along = (axes: readonly string[]): Json => ({ type: 'object', additionalProperties: false, properties: Object.fromEntries(axes.map((axis) => [axis, perSite])) })

export const spinChainBathOptions: Json = {
  type: 'object', additionalProperties: false, required: ['spins', 'bonds', 'couplings', 'windowWidth'],
  properties: {
    spins: { type: 'integer', minimum: 2, description: 'number of spins ½' },
    boundary: { enum: ['open', 'periodic'], description: 'open unless told' },
    bonds: along(['xx', 'yy', 'zz']),
    fields: along(['x', 'y', 'z']),
    couplings: {
      type: 'array', minItems: 1, description: 'one Pauli matrix of one spin per coupling operator',
      items: {
        type: 'object', additionalProperties: false, required: ['site', 'operator'],
        properties: { site: { type: 'integer', minimum: 0 }, operator: { enum: ['x', 'y', 'z'] } },
      },
    },
    windowWidth,
    origin: { type: 'number', description: 'the centre of one window, from which all others follow; 0 unless told' },
    windows: numbers('a list of window centres; together they must hold the whole spectrum'),
    edge: { type: 'number', exclusiveMinimum: 0, maximum: 0.2, description: 'softness of the edges of a window, as a share of its width; 0.05 unless told' },
    order: { type: 'integer', minimum: 2, description: 'the most Chebyshev polynomials of the filter' },
    vectors: { type: 'integer', minimum: 1, description: 'random vectors of the stochastic traces; 4 unless told' },
    seed: { type: 'integer', minimum: 0, description: 'fixes the random vectors; 0 unless told' },
    memory: { type: 'number', exclusiveMinimum: 0, description: 'bytes that vectors may take; 2 GiB unless told' },
  },
}

export const noOptions: Json = { type: 'object', additionalProperties: false, properties: {} }

export const eigenstateThermalizationOptions: Json = {
  type: 'object', additionalProperties: false,
  properties: {
    spectralFunction: {
      type: 'object', additionalProperties: false, required: ['samples'], properties: { samples: spectralSamples },
      description: 'a map with `samples` of F(Ē, ω); the bath\'s own spectral function unless told',
    },
  },
}

/** Options of a master equation; the schema of a scenario puts the rate models of its catalogue in the place of `rates`. */
export const ratesOptions: Json = { type: 'object', additionalProperties: false, properties: { rates: {} } }

export const finiteTimeRedfieldOptions: Json = {
  type: 'object', additionalProperties: false,
  properties: {
    rates: {},
    memory: {
      type: 'string', enum: ['kernel', 'restarted', 'from-start'],
      description: 'memory across a changing H_S: with the phases the levels really had (kernel, unless told), restarted at every quench, or from the start as if H_S had always been that of the moment',
    },
  },
}

export const markovOptions: Json = {
  type: 'object', additionalProperties: false,
  properties: {
    rates: {},
    offResonance: {
      type: 'string', enum: ['shared', 'nearest'],
      description: 'a transition between two windows is shared by both (unless told), or sent to the nearest one, which conserves energy',
    },
  },
}

export const exactOptions: Json = {
  type: 'object', additionalProperties: false,
  properties: {
    mutualInformation: {
      description: 'true, false, or a map { every }: whether the mutual information of system and bath is computed, or at every n-th output time',
      anyOf: [
        { type: 'boolean' },
        { type: 'object', additionalProperties: false, required: ['every'], properties: { every: { type: 'integer', minimum: 1 } } },
      ],
    },
    sampling: {
      type: 'object', additionalProperties: false, description: 'random vectors in place of the mixture of bath levels: how many, or the standard error they may leave, and their seed',
      properties: {
        vectors: { type: 'integer', minimum: 1 }, seed: { type: 'integer', minimum: 0 }, targetError: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
      },
    },
    workspace: { type: 'number', exclusiveMinimum: 0, description: 'bytes for blocks of polynomials kept at once, or for an eigenbasis' },
  },
}

const referenceForms: readonly Json[] = [
  { type: 'object', additionalProperties: false, required: ['inverseTemperature'], properties: { inverseTemperature: { type: 'number' } } },
  { type: 'object', additionalProperties: false, required: ['window'], properties: { window: { type: 'integer', minimum: 0 } } },
]

export const bornMarkovSecularOptions: Json = {
  type: 'object', additionalProperties: false,
  properties: {
    rates: {},
    reference: {
      description: 'the state the bath is held in: { inverseTemperature } or { window }, or a map from labels to these; the initial state unless told',
      anyOf: [...referenceForms, { type: 'object', additionalProperties: { description: 'a map { inverseTemperature } or { window }', anyOf: referenceForms } }],
    },
  },
}
