import { fail, succeed } from '@mesobath/contracts'
import type { Outcome, RateModel, WindowCorrelation } from '@mesobath/contracts'
import { caught, pluginIssue } from './plugin-fault.js'
import type { PluginName } from './plugin-fault.js'

/** Runs what a plug-in wrote; what it throws is an issue. */
const attempt = <A>(plugin: PluginName, what: string, work: () => Outcome<A>): Outcome<A> => {
  try {
    return work()
  } catch (cause) {
    return caught(plugin, what, cause)
  }
}

/** Its numbers are checked where they are read, for a stranger's as for every other model. */
const guardCorrelation = (plugin: PluginName, correlation: WindowCorrelation): Outcome<WindowCorrelation> => {
  const { lineShape, transform } = correlation
  const refuse = (must: string, but: string) => fail(pluginIssue(plugin, 'plugin-form', [], must, but))
  const kind = (lineShape as { readonly kind?: unknown } | undefined)?.kind
  if (typeof correlation.strength !== 'function' || (kind !== 'flat-window' && kind !== 'own')) {
    return refuse('give a correlation with `strength` and a line shape `flat-window` or `own`', 'gives another one')
  }
  if (kind === 'own' && typeof transform !== 'function') return refuse('give a `transform` where its line shape is its own', 'gives none')
  return succeed({
    lineShape,
    strength: (request, out) => attempt(plugin, '`strength`', () => correlation.strength(request, out)),
    ...(transform === undefined ? {} : { transform: (request, out) => attempt(plugin, '`transform`', () => transform.call(correlation, request, out)) }),
  })
}

/** A rate model whose exceptions are issues that name it. */
export const guardRates = (plugin: PluginName, model: RateModel): Outcome<RateModel> => {
  if (typeof model.correlate !== 'function' || !Array.isArray(model.needs)) {
    return fail(pluginIssue(plugin, 'plugin-form', [], 'make a rate model with `needs` and `correlate`', 'makes something else'))
  }
  return succeed({
    ...model,
    correlate: (bath) => attempt(plugin, '`correlate`', () => {
      const made = model.correlate(bath)
      return made._tag === 'Left' ? made : guardCorrelation(plugin, made.right)
    }),
  })
}
