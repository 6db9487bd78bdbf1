import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fail, issue, succeed } from '@mesobath/contracts'
import type { Outcome } from '@mesobath/contracts'

/** Options of `rasterise`. */
export interface RasteriseOptions {
  /** Width of the picture in pixels; its height follows. */
  readonly width: number
}

const FONTS = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf', 'DejaVuSans-Oblique.ttf']

/**
 * Turns SVG text into the bytes of a PNG.
 *
 * The font is shipped with the package and loaded from its file: a fresh machine has none. Issues: `figures/size` for a width
 * that is not a positive integer, `figures/rasteriser-missing` where the native library has no build for this machine,
 * `figures/svg` for text that is no SVG.
 */
export const rasterise = (svg: string, options: RasteriseOptions): Outcome<Uint8Array> => {
  const { width } = options
  if (!(Number.isInteger(width) && width > 0)) {
    return fail(issue('figures/size', ['width'], `\`width\` must be a positive integer, but is ${width}`))
  }
  const require = createRequire(import.meta.url)
  let Resvg: typeof import('@resvg/resvg-js').Resvg
  let folder: string
  try {
    // A native library: loaded here, so that drawing SVG needs none.
    Resvg = (require('@resvg/resvg-js') as typeof import('@resvg/resvg-js')).Resvg
    folder = join(dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf')
  } catch (cause) {
    return fail(issue('figures/rasteriser-missing', [], `@resvg/resvg-js and dejavu-fonts-ttf must be installed to write PNG, but: ${String(cause)}`))
  }
  try {
    const picture = new Resvg(svg, {
      fitTo: { mode: 'width', value: width },
      background: 'white',
      font: {
        loadSystemFonts: false, fontFiles: FONTS.map((file) => join(folder, file)),
        defaultFontFamily: 'DejaVu Sans', sansSerifFamily: 'DejaVu Sans', serifFamily: 'DejaVu Sans',
      },
      logLevel: 'off',
    })
    return succeed(new Uint8Array(picture.render().asPng()))
  } catch (cause) {
    return fail(issue('figures/svg', [], `the picture must be SVG text, but: ${cause instanceof Error ? cause.message : String(cause)}`))
  }
}
