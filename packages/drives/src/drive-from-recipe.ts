import { fail, issue } from '@mesobath/contracts'
import type { Drive, Json, Outcome } from '@mesobath/contracts'
import { driveFromOptions } from './drive-from-options.js'
import type { DriveOptions } from './drive-options.js'
import { periodic } from './periodic.js'
import { piecewiseConstant, piecewiseLinear } from './piecewise.js'
import type { PiecewiseOptions } from './piecewise.js'

interface MovesRecipe {
  readonly moves: DriveOptions
  readonly energies: readonly number[]
  readonly strengths: readonly number[]
  readonly labels?: readonly string[]
}
interface PeriodicRecipe { readonly period: number; readonly origin: number; readonly pattern: Json }

const KINDS = ['moves', 'piecewise-constant', 'piecewise-linear', 'periodic']

/**
 * Makes a drive of this package again from its `recipe`, to the same bits.
 *
 * Issues: `drives/recipe` (not a recipe of this package), those of the constructor.
 */
export const driveFromRecipe = (recipe: Json): Outcome<Drive> => {
  const kind = typeof recipe === 'object' && recipe !== null && 'drive' in recipe ? recipe.drive : undefined
  const options = recipe as unknown
  switch (kind) {
    case 'moves': {
      const { moves, energies, strengths, labels } = options as MovesRecipe
      return driveFromOptions(moves, energies, strengths, labels === undefined ? {} : { labels })
    }
    case 'piecewise-constant': return piecewiseConstant(options as PiecewiseOptions)
    case 'piecewise-linear': return piecewiseLinear(options as PiecewiseOptions)
    case 'periodic': {
      const pattern = driveFromRecipe((options as PeriodicRecipe).pattern)
      return pattern._tag === 'Left' ? pattern : periodic(pattern.right, options as PeriodicRecipe)
    }
    default: return fail(issue('drives/recipe', ['drive'],
      `\`drive\` must be one of ${KINDS.map((each) => `'${each}'`).join(', ')}, but is ${JSON.stringify(kind) ?? 'missing'}`))
  }
}
