import { succeed } from '@mesobath/contracts'
import type { Algorithm, BathModel, Catalogue, ComplexMatrix, Drive, Entry, Json, Outcome, RateModel } from '@mesobath/contracts'
import type { RandomMatrixBathOptions, SpinChainBathOptions, WindowBathOptions } from '@mesobath/baths'
import { driveFromOptions, driveOptionsSchema } from '@mesobath/drives'
import type { DriveOptions } from '@mesobath/drives'
import type { BornMarkovSecularOptions } from '@mesobath/integrator-bms'
import type { ExactOptions } from '@mesobath/integrator-exact'
import type { MarkovOptions } from '@mesobath/integrator-markov'
import type { finiteTimeRedfield } from '@mesobath/integrator-redfield'
import type { EigenstateThermalizationOptions } from '@mesobath/rates-eth'
import { createRates } from '@mesobath/scenario'
import type { DriveRequest } from '@mesobath/scenario'
import {
  bornMarkovSecularOptions, densityOfStatesBathOptions, eigenstateThermalizationOptions, exactOptions, fileBathOptions, finiteTimeRedfieldOptions,
  markovOptions, noOptions, randomMatrixBathOptions, ratesOptions, spinChainBathOptions, windowBathOptions,
} from './internal/option-schemas.js'
import { sampledLogDensity } from './internal/sampled-density.js'
import type { DensitySamples } from './internal/sampled-density.js'

/**
 * The first-party catalogue, put together here and nowhere else: the names that a scenario may use. A stranger's plug-in joins
 * as one more entry: `{ ...catalogue, baths: [...catalogue.baths, mine] }`. Packages are loaded when a name is used, so that
 * `--help` costs none of them. Options have been checked against the schema beside each name; factories check the rest.
 */

const options = <A>(json: Json): A => json as unknown as A

interface DensityOptions {
  readonly windows: { readonly from: number; readonly to: number } | readonly number[]
  readonly windowWidth: number
  readonly density: DensitySamples
  readonly couplings?: number
}

const densityOfStates: Entry<BathModel> = {
  name: 'density-of-states',
  optionsSchema: densityOfStatesBathOptions,
  create: async (json) => {
    const [{ densityOfStatesBath }, { log }] = await Promise.all([import('@mesobath/baths'), import('@mesobath/kernels')])
    const { density, ...rest } = options<DensityOptions>(json)
    const { windows, windowWidth } = rest
    const ends = 'from' in windows ? [windows.from, windows.to]
      : [Math.min(...windows) - windowWidth / 2, Math.max(...windows) + windowWidth / 2]
    const logDensity = sampledLogDensity(density, ends[0] ?? NaN, ends[1] ?? NaN, log)
    if (logDensity._tag === 'Left') return logDensity
    const bath = densityOfStatesBath({ ...rest, logDensity: logDensity.right })
    // Samples are data: what the factory holds as a function can be made again from here.
    return bath._tag === 'Left' ? bath : succeed({ ...bath.right, recipe: json })
  },
}

interface FileOptions {
  readonly path: string
  readonly windowWidth: number
  readonly origin?: number
  readonly windows?: readonly number[]
}

const file: Entry<BathModel> = {
  name: 'file',
  optionsSchema: fileBathOptions,
  create: async (json, _catalogue, resources) => {
    const { path, ...rest } = options<FileOptions>(json)
    const stored = await resources.readBath(path)
    if (stored._tag === 'Left') return { ...stored, left: [{ ...stored.left[0], path: ['path'] }, ...stored.left.slice(1).map((each) => ({ ...each, path: ['path'] }))] }
    const { microscopicBath } = await import('@mesobath/baths')
    const { levels, couplings } = stored.right
    return microscopicBath({ levels, couplings: couplings as readonly ComplexMatrix[], ...rest, name: 'file', recipe: json })
  },
}

const baths: readonly Entry<BathModel>[] = [
  {
    name: 'random-matrix',
    optionsSchema: randomMatrixBathOptions,
    create: async (json) => (await import('@mesobath/baths')).randomMatrixBath(options<RandomMatrixBathOptions>(json)),
  },
  file,
  densityOfStates,
  {
    name: 'spin-chain',
    optionsSchema: spinChainBathOptions,
    create: async (json) => (await import('@mesobath/baths')).spinChainBath(options<SpinChainBathOptions>(json)),
  },
  {
    name: 'windows',
    optionsSchema: windowBathOptions,
    create: async (json) => (await import('@mesobath/baths')).windowBath(options<WindowBathOptions>(json)),
  },
]

const rates: readonly Entry<RateModel>[] = [
  { name: 'random-matrix', optionsSchema: noOptions, create: async () => succeed((await import('@mesobath/rates-rmt')).randomMatrixRates()) },
  { name: 'heuristic', optionsSchema: noOptions, create: async () => succeed((await import('@mesobath/rates-heuristic')).heuristicRates()) },
  {
    name: 'eigenstate-thermalization',
    optionsSchema: eigenstateThermalizationOptions,
    create: async (json) => succeed((await import('@mesobath/rates-eth')).eigenstateThermalizationRates(options<EigenstateThermalizationOptions>(json))),
  },
  { name: 'microscopic', optionsSchema: noOptions, create: async () => succeed((await import('@mesobath/rates-microscopic')).microscopicRates()) },
]

type RateChoice = RateModel | Readonly<Record<string, RateModel>>

/** An entry of an algorithm that takes rate models by name. */
const withRates = (name: string, optionsSchema: Json, make: (rates: RateChoice, rest: Json) => Promise<Algorithm>): Entry<Algorithm> => ({
  name,
  optionsSchema,
  create: async (json, catalogue, resources): Promise<Outcome<Algorithm>> => {
    const { rates: choice, ...rest } = options<{ readonly rates: Json; readonly [key: string]: Json }>(json)
    const made = await createRates(choice, catalogue, resources)
    return made._tag === 'Left' ? made : succeed(await make(made.right, rest))
  },
})

const algorithms: readonly Entry<Algorithm>[] = [
  { name: 'exact', optionsSchema: exactOptions, create: async (json) => succeed((await import('@mesobath/integrator-exact')).exact(options<ExactOptions>(json))) },
  withRates('finite-time-redfield', finiteTimeRedfieldOptions, async (choice, rest) =>
    (await import('@mesobath/integrator-redfield')).finiteTimeRedfield({ ...options<Omit<Parameters<typeof finiteTimeRedfield>[0], 'rates'>>(rest), rates: choice })),
  withRates('finite-time-secular', ratesOptions, async (choice) => (await import('@mesobath/integrator-redfield')).finiteTimeSecular({ rates: choice })),
  withRates('markov', markovOptions, async (choice, rest) =>
    (await import('@mesobath/integrator-markov')).markov({ ...options<Omit<MarkovOptions, 'rates'>>(rest), rates: choice })),
  withRates('born-markov-secular', bornMarkovSecularOptions, async (choice, rest) =>
    (await import('@mesobath/integrator-bms')).bornMarkovSecular({ ...options<Omit<BornMarkovSecularOptions, 'rates'>>(rest), rates: choice })),
]

const drives: readonly Entry<Drive>[] = [
  {
    name: 'moves',
    optionsSchema: driveOptionsSchema,
    create: async (json) => {
      const { options: moves, energies, strengths, labels, range } = options<DriveRequest>(json)
      return driveFromOptions(moves as unknown as DriveOptions, energies, strengths, { labels, ...(range === null ? {} : { range }) })
    },
  },
]

export const catalogue: Catalogue = { baths, rates, algorithms, drives }

const FINITE_TIME = 'finite-time-'

/**
 * The rate model used where a scenario names none: that of the bath's ensemble, else its spectral function, else its levels. The
 * correlation function of levels never decays: its exact sum serves finite times, the heuristic rates the limit t → ∞.
 */
export const defaultRates = (bath: BathModel, method: string): string | undefined => {
  const { ensemble, spectralFunction, microscopic } = bath.can
  if (ensemble !== undefined) return 'random-matrix'
  if (spectralFunction !== undefined) return 'eigenstate-thermalization'
  if (microscopic === undefined) return undefined
  return method.startsWith(FINITE_TIME) ? 'microscopic' : 'heuristic'
}
