import type { Json } from '@mesobath/contracts'

const numbers = (description: string): Json => ({ type: 'array', items: { type: 'number' }, minItems: 1, description })

const origin: Json = { type: 'number', description: 'where the first period begins; 0 unless told' }

// Which of the keys belong together is left to `driveFromOptions`, which says it better.
const move: Json = {
  type: 'object', additionalProperties: false, description: 'a map with `level` or `bath`, and `quenches` or `times` and `values`',
  properties: {
    level: { type: 'integer', minimum: 0, description: 'the index of the level whose energy moves' },
    bath: { anyOf: [{ type: 'integer', minimum: 0 }, { type: 'string' }], description: 'the index or label of the bath whose coupling strength moves' },
    quenches: {
      type: 'object', additionalProperties: false, required: ['period', 'values'], description: 'equal parts of a period, one for each value',
      properties: { period: { type: 'number', description: 'the length of a period' }, values: numbers('one value for each part'), origin },
    },
    times: numbers('when the values are taken, ascending'),
    values: numbers('one value for each time'),
    shape: { type: 'string', enum: ['quench', 'linear'], description: 'jumps (unless told) or straight lines between the values' },
    period: { type: 'number', description: 'repeats the pattern with this period' },
    origin,
  },
}

/** JSON Schema (draft 2020-12) of `DriveOptions`: what stands under `drive` in a scenario. */
export const driveOptionsSchema: Json = {
  description: 'a move { level, quenches: { period, values } } or { level, times, values, shape }, or a list of them',
  anyOf: [move, { type: 'array', minItems: 1, items: move }],
}
