import { fail, failIfAny, issue, PAPER, succeed } from '@mesobath/contracts'
import { bathTransitions, constantSettings, initialConditional, populationsClose, prepareBaths, ratesRecipe, runFrame, windowLattice } from '@mesobath/composition'
import { jumpTables, Walkers } from './walkers.js'

/** The integer that this package was written for. A literal, not an import: it says what was built, whatever is installed later. */
const CONTRACT = 1
const NAME = 'mesobath-jump-sampler'

const GILLESPIE = {
  key: 'Gillespie1977',
  bibtex: `@article{Gillespie1977,
  author = {Gillespie, Daniel T.},
  title = {Exact stochastic simulation of coupled chemical reactions},
  journal = {The Journal of Physical Chemistry},
  volume = {81},
  pages = {2340--2361},
  year = {1977},
  doi = {10.1021/j100540a008}
}`,
}

/** Above this share of probability a start counts as coherent. */
const COHERENCE = 1e-12
/** A standard error beyond this is worth a doubt. */
const ROUGH = 0.01
/** A place on the lattice and a random stream. */
const BYTES_PER_WALKER = 200

const optionIssues = ({ trajectories, seed }) => [
  ...(Number.isSafeInteger(trajectories) && trajectories >= 2 ? [] : [issue(`${NAME}/options`, ['trajectories'], `\`trajectories\` must be an integer of at least 2, but is ${trajectories}`)]),
  ...(Number.isSafeInteger(seed) && seed >= 0 ? [] : [issue(`${NAME}/options`, ['seed'], `\`seed\` must be a non-negative integer, but is ${seed}`)]),
]

/** p(ε_k, E; 0) [level, window₁ … windowₙ]; coherences do not fit into a rate equation. */
const populationsAtStart = (problem, lattice) => {
  const start = initialConditional(problem)
  if (start._tag === 'Left') return start
  const { dimension, size } = lattice
  const { states: { re, im }, findings } = start.right
  const populations = new Float64Array(dimension * size)
  for (let joint = 0; joint < size; joint += 1) {
    for (let k = 0; k < dimension; k += 1) {
      for (let q = 0; q < dimension; q += 1) {
        const at = (joint * dimension + k) * dimension + q
        if (k === q) populations[k * size + joint] = re[at]
        else if (Math.abs(re[at]) + Math.abs(im[at]) > COHERENCE) {
          return fail(issue(`${NAME}/coherences`, ['initial', 'system'], '`initial.system` must be diagonal for sampled populations, but has coherences; take markov'))
        }
      }
    }
  }
  return succeed({ populations, findings })
}

/** The jumps of every setting that the drive holds: rate models are asked now, and never again. */
const tablesOf = (lattice, baths, settings) => {
  const issues = []
  const tables = settings.map((setting) => {
    const closed = populationsClose(baths, setting.energies)
    if (closed._tag === 'Left') issues.push(...closed.left)
    const perBath = baths.map((bath) => bathTransitions(bath, setting.energies, setting.strengths[bath.axis]))
    for (const each of perBath) if (each._tag === 'Left') issues.push(...each.left)
    return { setting, perBath }
  })
  return failIfAny(issues, () => tables.map(({ setting, perBath }) => {
    const transitions = perBath.map((each) => each.right)
    return { setting, transitions, jumps: jumpTables(lattice, transitions) }
  }))
}

const same = (a, b) => a.every((x, i) => x === b[i])

/** Σ_jumps of the mean current: the slope of p̂ as the rate equation has it. */
const addCurrents = (lattice, transitions, populations, out) => {
  const { counts, size, strides } = lattice
  out.fill(0)
  transitions.forEach(({ count, fromLevel, fromWindow, rate, toLevel, toWindow }, axis) => {
    const [stride, span] = [strides[axis], counts[axis] * strides[axis]]
    for (let i = 0; i < count; i += 1) {
      const [source, target] = [fromLevel[i] * size + fromWindow[i] * stride, toLevel[i] * size + toWindow[i] * stride]
      for (let outer = 0; outer < size; outer += span) {
        for (let inner = outer; inner < outer + stride; inner += 1) {
          const current = rate[i] * populations[source + inner]
          out[source + inner] -= current
          out[target + inner] += current
        }
      }
    }
  })
}

/** @type {typeof import('./index.js').jumpSampler} */
export const jumpSampler = (options) => {
  const { rates, seed, trajectories } = options
  const recipe = ratesRecipe(rates)

  const prepare = async (problem, host) => {
    const lattice = windowLattice(problem)
    const faults = optionIssues(options)
    const baths = prepareBaths(problem, rates)
    const start = populationsAtStart(problem, lattice)
    const settings = constantSettings(problem, `${NAME}/drive`)
    const found = [...faults, ...[baths, start, settings].flatMap((each) => (each._tag === 'Left' ? each.left : []))]
    if (found.length > 0) return failIfAny(found, () => null)
    const tables = tablesOf(lattice, baths.right, settings.right)
    if (tables._tag === 'Left') return tables
    return succeed(stepperOf(problem, host, lattice, start.right, tables.right))
  }

  const stepperOf = (problem, host, lattice, start, tables) => {
    const walkers = new Walkers(lattice, start.populations, trajectories, seed)
    const populations = new Float64Array(start.populations.length)
    const slopes = new Float64Array(populations.length)
    const energies = Float64Array.from(problem.energies)
    const strengths = Float64Array.from(problem.baths, (bath) => bath.strength)
    let held = tables[0]
    let time = problem.times[0]
    let entered = false
    let work = 0
    let worst = 0
    const standardError = () => Math.sqrt(populations.reduce((most, p) => Math.max(most, p * (1 - p)), 0) / trajectories)
    walkers.shares(populations)

    return {
      frame: runFrame(problem, algorithm, rates),
      get time() { return time },
      enter: (segment) => {
        const before = energies.slice()
        segment.energies(segment.from, energies)
        segment.strengths(segment.from, strengths)
        if (entered) energies.forEach((energy, k) => { for (let i = 0; i < lattice.size; i += 1) work += (energy - before[k]) * populations[k * lattice.size + i] })
        entered = true
        held = tables.find(({ setting }) => same(setting.energies, energies) && same(setting.strengths, strengths))
        return held === undefined ? fail(issue(`${NAME}/drive`, ['drive'], '`drive` must give the same segments whenever it is asked, but gives another')) : succeed(undefined)
      },
      advance: async (to, signal) => {
        if (signal?.aborted === true) return succeed('cancelled')
        walkers.advance(held.jumps, to - time)
        walkers.shares(populations)
        time = to
        worst = Math.max(worst, standardError())
        await host.breathe?.()
        return succeed('ok')
      },
      sample: (side) => {
        addCurrents(lattice, held.transitions, populations, slopes)
        return { time, side, energies, strengths, populations, populationRates: slopes, conditional: null, scalars: { work, power: 0, standardError: standardError() } }
      },
      validity: () => [...start.findings, {
        code: `${NAME}/standard-error`, quantity: 'largest standard error of a probability', value: worst, bound: ROUGH, verdict: worst <= ROUGH ? 'trust' : 'doubt',
        message: `${trajectories} trajectories leave this much to chance; four times as many halve it`,
      }],
      checkpoint: () => {
        const { dimension, size } = lattice
        const re = new Float64Array(size * dimension * dimension)
        for (let k = 0; k < dimension; k += 1) for (let joint = 0; joint < size; joint += 1) re[(joint * dimension + k) * dimension + k] = populations[k * size + joint]
        return succeed({ kind: 'conditional', states: { re, im: null }, memoryStart: time })
      },
      dispose: () => {},
    }
  }

  const algorithm = {
    contract: CONTRACT, name: 'jump-sampler', package: NAME, version: '1.0.0', citations: [PAPER, GILLESPIE],
    recipe: recipe === null ? null : { rates: recipe, trajectories, seed },
    needs: [],
    estimate: (problem) => {
      const { dimension, size } = windowLattice(problem)
      const faults = optionIssues(options)
      return failIfAny(faults, () => ({ bytes: trajectories * BYTES_PER_WALKER + 16 * dimension * size, operations: 20 * trajectories * problem.times.length, jointStates: dimension * size }))
    },
    prepare,
  }
  return algorithm
}
