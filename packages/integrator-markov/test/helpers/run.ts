import { constantDrive, orThrow } from '@mesobath/contracts'
import type { Algorithm, Host, Problem, Sample, Stepper } from '@mesobath/contracts'

/** A sample with its arrays copied. */
export interface Kept extends Omit<Sample, 'populations' | 'populationRates' | 'conditional'> {
  readonly populations: Float64Array
  readonly populationRates: Float64Array
  readonly conditional: { readonly re: Float64Array; readonly im: Float64Array } | null
}

const keep = (sample: Sample): Kept => ({
  ...sample, energies: sample.energies.slice(), strengths: sample.strengths.slice(), populations: sample.populations.slice(), populationRates: sample.populationRates!.slice(),
  conditional: sample.conditional === null ? null : { re: sample.conditional.re.slice(), im: sample.conditional.im!.slice() },
})

/** Walks a problem as a solver does: segments in order, outputs inside them, each stop sampled before and after. */
export const run = async (
  problem: Problem, algorithm: Algorithm, tolerance = 1e-12, host: Host = {},
): Promise<{ readonly samples: readonly Kept[]; readonly stepper: Stepper }> => {
  const stepper = orThrow(await algorithm.prepare(problem, host, tolerance))
  const samples: Kept[] = []
  const { times } = problem
  const drive = problem.drive ?? constantDrive(problem.energies, Float64Array.from(problem.baths, (bath) => bath.strength))
  const last = times[times.length - 1]!
  for (const segment of drive.segments(times[0]!, last)) {
    orThrow(stepper.enter(segment))
    if (segment.from > times[0]! || times[0] === segment.from) samples.push(keep(stepper.sample('after')))
    for (const time of times) {
      if (time <= segment.from || time >= segment.to) continue
      orThrow(await stepper.advance(time))
      samples.push(keep(stepper.sample('after')))
    }
    const status = orThrow(await stepper.advance(segment.to))
    if (status !== 'ok') throw new Error(status)
    if (segment.to < last) samples.push(keep(stepper.sample('before')))
  }
  samples.push(keep(stepper.sample('after')))
  return { samples, stepper }
}
