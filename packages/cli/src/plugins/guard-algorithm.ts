import { fail, succeed } from '@mesobath/contracts'
import type { Algorithm, Outcome, Sample, Stepper } from '@mesobath/contracts'
import { caught, PluginError, pluginIssue } from './plugin-fault.js'
import type { PluginName } from './plugin-fault.js'

/** Probability that a run may lose, for methods of any tolerance; those of these packages lose a millionth of it by default. */
const LOST = 1e-4

const sampleFault = (plugin: PluginName, stepper: Stepper, { populations, time }: Sample): void => {
  const refuse = (must: string, but: string): never => { throw new PluginError(pluginIssue(plugin, 'plugin-numbers', [], must, but)) }
  const { baths, dimension, guarantees = [] } = stepper.frame
  const states = baths.reduce((product, { windows }) => product * windows.energies.length, dimension)
  if (populations.length !== states) refuse(`give ${states} populations [level, windows]`, `gives ${populations.length}`)
  let sum = 0
  let least = Infinity
  for (const p of populations) {
    sum += p
    least = Math.min(least, p)
  }
  if (!Number.isFinite(sum)) refuse('give finite populations', `gives ${populations.find((p) => !Number.isFinite(p))} at t = ${time}`)
  if (Math.abs(sum - 1) > LOST) refuse('conserve probability', `has Σp = ${sum} at t = ${time}`)
  if (guarantees.includes('non-negative-rates') && least < -LOST) refuse('keep p ≥ 0, since it guarantees rates that are not negative', `has p = ${least} at t = ${time}`)
}

const guardStepper = (plugin: PluginName, stepper: Stepper): Stepper => {
  const attempt = <A>(what: string, work: () => A): A => {
    try {
      return work()
    } catch (cause) {
      throw new PluginError(caught(plugin, `\`${what}\``, cause).left[0])
    }
  }
  return {
    frame: stepper.frame,
    get time() { return stepper.time },
    enter: (segment) => attempt('enter', () => stepper.enter(segment)),
    advance: async (to, signal) => {
      try {
        const outcome = await stepper.advance(to, signal)
        if (outcome._tag === 'Left' || outcome.right !== 'ok' || stepper.time === to) return outcome
        return fail(pluginIssue(plugin, 'plugin-numbers', [], `land exactly on t = ${to}`, `stands at t = ${stepper.time}`))
      } catch (cause) {
        return caught(plugin, '`advance`', cause)
      }
    },
    sample: (side) => attempt('sample', () => {
      const sample = stepper.sample(side)
      sampleFault(plugin, stepper, sample)
      return sample
    }),
    validity: () => attempt('validity', () => stepper.validity()),
    checkpoint: () => attempt('checkpoint', () => stepper.checkpoint()),
    dispose: () => { attempt('dispose', () => { stepper.dispose() }) },
  }
}

/** An algorithm whose exceptions and senseless numbers are issues that name it. */
export const guardAlgorithm = (plugin: PluginName, algorithm: Algorithm): Outcome<Algorithm> => {
  if (typeof algorithm.prepare !== 'function' || typeof algorithm.estimate !== 'function' || !Array.isArray(algorithm.needs)) {
    return fail(pluginIssue(plugin, 'plugin-form', [], 'make an algorithm with `needs`, `estimate` and `prepare`', 'makes something else'))
  }
  return succeed({
    ...algorithm,
    estimate: (problem, host, tolerance) => {
      try {
        return algorithm.estimate(problem, host, tolerance)
      } catch (cause) {
        return caught(plugin, '`estimate`', cause)
      }
    },
    prepare: async (problem, host, tolerance, signal) => {
      try {
        const made = await algorithm.prepare(problem, host, tolerance, signal)
        return made._tag === 'Left' ? made : succeed(guardStepper(plugin, made.right))
      } catch (cause) {
        return caught(plugin, '`prepare`', cause)
      }
    },
  })
}
