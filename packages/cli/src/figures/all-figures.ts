import type { AtlasFigure } from './atlas-figure.js'
import { fig2, fig7, fig8, fig9 } from './decays.js'
import { fig3, fig4, fig5 } from './driven-figures.js'
import { fig6 } from './fig6.js'
import { memoryFigure } from './memory-figure.js'

/** Every figure of the paper that shows numbers, in its order, and the one that compares memories across quenches. */
export const FIGURES: readonly AtlasFigure[] = [fig2, fig3, fig4, fig5, fig6, fig7, fig8, fig9, memoryFigure]
