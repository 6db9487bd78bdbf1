import { fail, succeed } from '@mesobath/contracts'
import type { BathModel, Outcome, PairRequest, Planes, RateModel, WindowCorrelation } from '@mesobath/contracts'
import { caught, pluginIssue } from './plugin-fault.js'
import type { PluginName } from './plugin-fault.js'

const pairAt = ({ to, from }: PairRequest, { windows }: BathModel, row: number): string =>
  `between windows ${to[row]} (E = ${windows.energies[to[row] ?? -1]}) and ${from[row]} (E' = ${windows.energies[from[row] ?? -1]})`

/** First entry of `size` per row that is no finite number. */
const notFinite = ({ re, im }: Planes, entries: number): number => {
  for (let i = 0; i < entries; i += 1) if (!Number.isFinite(re[i]) || (im !== null && !Number.isFinite(im[i]))) return i
  return -1
}

/** Rounding may leave a rate just below zero. */
const NEGATIVE = 1e-9

const guardCorrelation = (plugin: PluginName, bath: BathModel, correlation: WindowCorrelation): Outcome<WindowCorrelation> => {
  const { lineShape, transform } = correlation
  const size = bath.couplings * bath.couplings
  const refuse = (code: string, must: string, but: string) => fail(pluginIssue(plugin, code, [], must, but))
  const kind = (lineShape as { readonly kind?: unknown } | undefined)?.kind
  if (typeof correlation.strength !== 'function' || (kind !== 'flat-window' && kind !== 'own')) {
    return refuse('plugin-form', 'give a correlation with `strength` and a line shape `flat-window` or `own`', 'gives another one')
  }
  if (kind === 'own' && typeof transform !== 'function') return refuse('plugin-form', 'give a `transform` where its line shape is its own', 'gives none')
  if (lineShape.kind === 'flat-window' && lineShape.width !== bath.windows.width) {
    return refuse('plugin-form', `have the line shape of the bath's windows (δ = ${bath.windows.width})`, `has that of windows of width ${lineShape.width}`)
  }
  const strength = (request: PairRequest, out: Planes): Outcome<void> => {
    let outcome: Outcome<void>
    try {
      outcome = correlation.strength(request, out)
    } catch (cause) {
      return caught(plugin, '`strength`', cause)
    }
    if (outcome._tag === 'Left') return outcome
    const bad = notFinite(out, request.to.length * size)
    if (bad >= 0) return refuse('plugin-numbers', 'give finite rates', `gives ${out.re[bad]}${out.im === null ? '' : ` + ${out.im[bad]}i`} ${pairAt(request, bath, Math.floor(bad / size))}`)
    const largest = out.re.subarray(0, request.to.length * size).reduce((most, x) => Math.max(most, Math.abs(x)), 0)
    for (let row = 0; row < request.to.length; row += 1) {
      for (let coupling = 0; coupling < bath.couplings; coupling += 1) {
        const rate = out.re[row * size + coupling * (bath.couplings + 1)] ?? NaN
        if (rate < -NEGATIVE * largest) return refuse('plugin-numbers', 'give rates that are not negative', `gives ${rate} ${pairAt(request, bath, row)}`)
      }
    }
    return outcome
  }
  if (transform === undefined) return succeed({ lineShape, strength })
  return succeed({
    lineShape, strength,
    transform: (request, out) => {
      let outcome: Outcome<void>
      try {
        outcome = transform.call(correlation, request, out)
      } catch (cause) {
        return caught(plugin, '`transform`', cause)
      }
      if (outcome._tag === 'Left') return outcome
      const perRow = request.times.length * size
      const bad = notFinite(out, request.to.length * perRow)
      if (bad < 0) return outcome
      const time = request.times[Math.floor((bad % perRow) / size)]
      return refuse('plugin-numbers', 'give finite transforms', `gives ${out.re[bad]} at t = ${time} ${pairAt(request, bath, Math.floor(bad / perRow))}`)
    },
  })
}

/** A rate model whose exceptions and senseless numbers are issues that name it. */
export const guardRates = (plugin: PluginName, model: RateModel): Outcome<RateModel> => {
  if (typeof model.correlate !== 'function' || !Array.isArray(model.needs)) {
    return fail(pluginIssue(plugin, 'plugin-form', [], 'make a rate model with `needs` and `correlate`', 'makes something else'))
  }
  return succeed({
    ...model,
    correlate: (bath) => {
      try {
        const made = model.correlate(bath)
        return made._tag === 'Left' ? made : guardCorrelation(plugin, bath, made.right)
      } catch (cause) {
        return caught(plugin, '`correlate`', cause)
      }
    },
  })
}
