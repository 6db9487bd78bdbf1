import { reportLaw } from '../law-report.js'
import type { LawReport, Premise } from '../law-report.js'
import type { Books } from '../ledger.js'
import { falls, largest, minus, sinceStart } from './series.js'

const negative = (values: Float64Array): Float64Array => values.map((value) => 0 - value)

/** What the laws assume, as far as the books and the algorithm's promises tell. */
const premisesOf = (books: Books) => {
  const { bounds, exact, guarantees } = books
  const premise = (name: string, holds: boolean): Premise => ({ name, holds })
  // Each deficit is what the premise's failure can add to a violation, in nats: below the bound it is as good as none.
  const noCoherences = books.observationalEntropy[0] - books.projectedEntropy[0]
  const canonicalDeficit = books.baths.reduce((sum, bath) => (Number.isNaN(bath.inverseTemperature[0]) ? sum
    : sum + bath.canonicalEntropy[0] - bath.entropy[0]), 0)
  const positive = premise('system and baths move by jumps whose rates are never negative', guarantees.includes('non-negative-rates'))
  const probabilities = premise('no probability is negative', bounds.negativity === 0)
  const closed = premise('coherences stay out of the populations', guarantees.includes('populations-close'))
  const evenly = premise('the evolution starts with every window evenly filled', guarantees.includes('even-windows'))
  const diagonal = premise('the system starts without coherences', noCoherences <= bounds.entropy)
  return {
    /** S_obs never falls. */
    monotone: [positive, closed, probabilities],
    /** S[Pρ] never falls. */
    projectedMonotone: [positive, probabilities],
    /** S_obs never falls below its start: the same for rates, weaker for a unitary evolution. */
    secondLaw: exact ? [evenly, diagonal] : [positive, closed, probabilities],
    projectedSecondLaw: exact ? [evenly] : [positive, probabilities],
    product: premise('the start is a product of system and baths', books.totalCorrelation[0] <= bounds.entropy),
    canonical: premise('every bath starts with p(E) proportional to V_E exp(-E/T)', canonicalDeficit <= bounds.entropy),
    resonant: Number.isNaN(books.coarseGrainingDefect[0]) ? premise('energy moves in jumps between windows, the interaction keeping none', false)
      : premise('every jump is resonant, and the bath feels it: no coarse-graining defect', largest(books.coarseGrainingDefect) <= bounds.energy),
    exact: premise('the evolution is exact', exact),
    probabilities,
  }
}

/** The verdict on every law that the books say something about. */
export const judgeLaws = (books: Books): readonly LawReport[] => {
  const { times, bounds, baths } = books
  const premises = premisesOf(books)
  const clausius = [premises.product, premises.canonical, ...premises.secondLaw]
  const energyFlow = bounds.energy * bounds.perTime
  const heat = baths.reduce((sum, bath) => sum.map((value, i) => value + bath.heat[i]), new Float64Array(times.length))
  const report = (law: string, equation: string, needs: readonly Premise[], violations: Float64Array, bound: number): LawReport | null =>
    reportLaw(law, equation, needs, times, violations, bound)
  return [
    report(books.exact ? 'first law: energy, with the interaction, changes by work alone'
      : 'first law: energy changes by work and coarse-graining defect alone', '47', [], books.firstLawResidual.map(Math.abs), bounds.energy),
    report('the parts of the energy add up', '46', [premises.exact], books.exactEnergyResidual.map(Math.abs), bounds.energy),
    report('heat leaves the baths as it enters the system', '50', [premises.resonant], minus(books.systemHeat, heat).map(Math.abs), bounds.energy),
    report('second law: entropy production is not negative', '57', premises.secondLaw, negative(books.entropyProduction), bounds.entropy),
    report('second law with coherences: S[Pρ] is not below its start', '57', premises.projectedSecondLaw,
      negative(sinceStart(books.projectedEntropy)), bounds.entropy),
    report('observational entropy never falls', '57', premises.monotone, falls(books.observationalEntropy), bounds.entropy),
    report('S[Pρ] never falls', '57', premises.projectedMonotone, falls(books.projectedEntropy), bounds.entropy),
    report('entropy production rate is not negative', '54', premises.monotone, negative(books.entropyProductionRate), bounds.entropy * bounds.perTime),
    ...books.relativeEntropies.map(({ inverseTemperature, rates }) =>
      report(`entropy production rate is the fall of D[p‖p_T] at 1/T = ${inverseTemperature}`, '56', [premises.resonant],
        minus(rates, books.entropyProductionRate).map(Math.abs), Math.max(1, Math.abs(inverseTemperature)) * energyFlow + bounds.entropy * bounds.perTime)),
    report('Clausius inequality', '60', clausius, negative(books.clausius), bounds.entropy),
    report('Clausius inequality at the initial temperatures', '61', clausius, negative(books.clausiusConstantTemperature), bounds.entropy),
    ...baths.flatMap((bath) => [
      report(`no p(E) of bath ${bath.label} has more entropy than the canonical one of its energy`, '64', [premises.probabilities],
        minus(bath.entropy, bath.canonicalEntropy), bounds.entropy),
      report(`bath ${bath.label}: the constant-temperature bound is the weaker one`, '61', [premises.probabilities], negative(bath.finiteBathCorrection), bounds.entropy),
    ]),
    report('chain: the Clausius sum is not below the sum of entropies', '67', [premises.canonical, premises.probabilities], minus(books.entropySum, books.clausius), bounds.entropy),
    report('chain: the sum of entropies is not below their joint change', '66', [premises.product, premises.probabilities],
      minus(books.entropyProduction, books.entropySum), bounds.entropy),
    report('quantum mutual information is not below the coarse-grained one', '42', [premises.exact],
      minus(books.mutualInformation, books.exactMutualInformation), bounds.entropy),
  ].filter((law): law is LawReport => law !== null)
}
