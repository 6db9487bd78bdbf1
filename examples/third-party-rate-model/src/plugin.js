import { tabulatedRates } from './tabulated-rates.js'

/** What a scenario finds under the name of this package. Form is checked against the schema; `tabulatedRates` checks the rest. */
export const mesobath = {
  contract: 1,
  rates: [{
    name: 'tabulated',
    optionsSchema: {
      type: 'object',
      additionalProperties: false,
      required: ['rows'],
      properties: {
        rows: {
          type: 'array', minItems: 4, description: 'a list of rows [Ē, ω, |f|²] on a full grid',
          items: { type: 'array', items: { type: 'number' }, minItems: 3, maxItems: 3, description: 'a row [Ē, ω, |f|²]' },
        },
        beyond: { type: 'string', enum: ['refuse', 'zero'], description: 'refuse or zero: what stands beyond the largest ω' },
        source: {
          type: 'object', additionalProperties: false, required: ['key', 'bibtex'], description: 'a map { key, bibtex }: where the table comes from',
          properties: { key: { type: 'string' }, bibtex: { type: 'string' } },
        },
      },
    },
    create: async (options) => tabulatedRates(options),
  }],
}
