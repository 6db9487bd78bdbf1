import { Type } from 'typebox'

/** The parts of a scenario that no plug-in decides. Descriptions read on after "must be": they are what a message says. */

/** More output times than this are a slip of the hand: their list alone would take eighty megabytes. */
const MOST_POINTS = 10_000_000

export const NAME_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]*$'

const Entry = Type.Union([Type.Number(), Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })], {
  description: 'a number or [re, im]',
})

export const Matrix = Type.Array(Type.Array(Entry, { minItems: 1 }), {
  minItems: 1, description: 'a square matrix, row by row, of numbers or [re, im]',
})

export const System = Type.Object({
  energies: Type.Array(Type.Number(), { minItems: 1, description: 'a list of level energies ε_k of H_S' }),
  couplings: Type.Optional(Type.Array(Matrix, { minItems: 1, description: 'a list of coupling operators S^α in the eigenbasis of H_S, each Hermitian' })),
}, { additionalProperties: false, description: 'the system: its levels and its coupling operators' })

export const SystemState = Type.Union([
  Type.Integer({ minimum: 0 }),
  Type.Array(Type.Number(), { minItems: 1 }),
  Matrix,
], { description: 'the number of a level (from 0), a list of populations, or a density matrix' })

export const BathState = Type.Union([
  Type.Object({
    window: Type.Integer({ minimum: 0, description: 'the number of a window, from 0' }),
    fill: Type.Optional(Type.Number({ description: 'the fraction of the window\'s levels that is occupied, the lowest ones, in (0, 1]; 1 unless told' })),
  }, { additionalProperties: false }),
  Type.Object({
    level: Type.Integer({ minimum: 0, description: 'the number of a single bath level, from 0' }),
  }, { additionalProperties: false }),
  Type.Object({
    gibbs: Type.Object({
      inverseTemperature: Type.Number({ description: 'the inverse temperature β of a Gibbs state; negative is allowed' }),
    }, { additionalProperties: false, description: 'the map { inverseTemperature }' }),
  }, { additionalProperties: false }),
  Type.Object({
    probabilities: Type.Array(Type.Number(), { minItems: 1, description: 'a list of p(E), one per window' }),
  }, { additionalProperties: false }),
], { description: 'a map with `window` (and `fill`), `level`, `gibbs` or `probabilities`' })

export const Initial = Type.Union([
  Type.Object({ system: SystemState, bath: BathState }, { additionalProperties: false }),
  Type.Object({ system: SystemState, baths: Type.Record(Type.String(), BathState, { description: 'a map from the label of each bath to its state' }) }, { additionalProperties: false }),
  Type.Object({
    conditional: Type.Array(Matrix, { minItems: 1, description: 'a list of unnormalised ρ_S(E), one matrix per window (several baths: the last one\'s windows run fastest)' }),
  }, { additionalProperties: false }),
], { description: 'the initial state: a map with `system` and `bath` (or `baths`), or with `conditional`' })

export const Times = Type.Union([
  Type.Object({
    from: Type.Number(), to: Type.Number(), points: Type.Integer({ minimum: 2, maximum: MOST_POINTS }),
  }, { additionalProperties: false }),
  Type.Array(Type.Number(), { minItems: 1 }),
], { description: 'a map { from, to, points } or a list of increasing times' })

export const Strength = Type.Number({ minimum: 0, description: 'the coupling strength λ, a number ≥ 0' })

export const Label = Type.String({ pattern: NAME_PATTERN, description: 'a name of letters, digits, dots, dashes and underscores' })

export const Thermodynamics = Type.Union([
  Type.Boolean(),
  Type.Object({
    temperatures: Type.Optional(Type.Array(Type.Number(), { description: 'a list of temperatures T, none of them zero; negative is allowed' })),
    machine: Type.Optional(Type.Object({
      hot: Type.String({ description: 'the label of the bath that gives an engine its heat, and takes the waste heat of a refrigerator' }),
      cold: Type.Optional(Type.String({ description: 'the label of the bath that takes the waste heat of an engine, and that a refrigerator cools' })),
      work: Type.Optional(Type.String({ description: 'the label of the bath that drives an absorption refrigerator by its heat' })),
      period: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'counts over the last period; since the start unless told' })),
    }, { additionalProperties: false, description: 'a map with `hot`, and `cold`, `work` and `period` where there are such' })),
  }, { additionalProperties: false }),
], { description: 'true, false, or a map with `temperatures` and `machine`' })

export const Common = {
  $schema: Type.Optional(Type.String({ description: 'the address of the JSON Schema, for completion in editors' })),
  title: Type.Optional(Type.String({ description: 'a title for figures' })),
  system: System,
  initial: Initial,
  times: Times,
  observables: Type.Optional(Type.Record(Type.String({ pattern: NAME_PATTERN }), Matrix, {
    description: 'named Hermitian operators A of the system; tr(A ρ_S(t)) is stored',
  })),
  thermodynamics: Type.Optional(Thermodynamics),
  save: Type.Optional(Type.Union([Type.Literal('populations'), Type.Literal('marginals')], {
    description: 'populations (p(ε_k, E) of every joint window, unless told) or marginals (ρ_S and each bath\'s p(E), for large lattices)',
  })),
  tolerance: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 0.1, description: 'the largest absolute error of every probability; 1e-10 unless told' })),
  memory: Type.Optional(Type.Union([Type.String(), Type.Integer({ minimum: 1 })], { description: 'a size such as 2GiB, or a number of bytes' })),
}
