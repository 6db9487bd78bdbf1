import { pageSpec } from './page-spec.js'
import type { Page } from './page-spec.js'

/** A short digest of text (FNV-1a, 32 bits): names, not secrets. */
const digest = (words: string): string => {
  let hash = 0x811c9dc5
  for (let i = 0; i < words.length; i += 1) hash = Math.imul(hash ^ words.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(36)
}

/**
 * Numbers the clip paths of one figure from its own content. Vega counts them through the life of the process: the same figure
 * would have other bytes the second time, and two figures in one document could share a name.
 */
const nameClips = (svg: string): string => {
  const names = [...new Set(svg.match(/ id="clip\d+"/g) ?? [])].map((each) => each.slice(5, -1))
  const plain = names.reduce((all, name, index) => all.replaceAll(`url(#${name})`, `url(#c-${index})`).replaceAll(` id="${name}"`, ` id="c-${index}"`), svg)
  const prefix = `clip-${digest(plain)}-`
  return plain.replaceAll('url(#c-', `url(#${prefix}`).replaceAll(' id="c-', ` id="${prefix}`)
}

/** The page as SVG. Vega is loaded with the first figure: a third of a second that a run without figures does not pay. */
export const renderPage = async (page: Page): Promise<string> => {
  const vega = await import('vega')
  // No messages: figures are drawn in commands whose output others parse.
  const view = new vega.View(vega.parse(pageSpec(page)), { renderer: 'none', logger: vega.logger(vega.None) })
  try {
    return nameClips(await view.toSVG())
  } finally {
    view.finalize()
  }
}
