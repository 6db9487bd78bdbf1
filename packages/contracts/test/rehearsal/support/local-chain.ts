import { fail, issue, succeed } from '@mesobath/contracts'
import type { Algorithm, ComplexMatrix, LocalBath, LocalTerm, Planes, Problem, Stepper } from '@mesobath/contracts'
import { toyIdentity } from './parts.js'

/**
 * out += factor · (1 ⊗ term ⊗ 1)·state on a product of sites. In the basis of the whole the first site is slowest, in the
 * matrix of a term the first of its sites.
 */
export const applyTerm = (term: LocalTerm, siteDimensions: readonly number[], factor: number, state: Planes, out: Planes): void => {
  const strides = siteDimensions.map((_, site) => siteDimensions.slice(site + 1).reduce((product, each) => product * each, 1))
  const { operator, sites } = term
  const size = siteDimensions.reduce((product, each) => product * each, 1)
  const offsets = Array.from({ length: operator.rows }, (_, row) => {
    let offset = 0
    for (let i = sites.length - 1, rest = row; i >= 0; i -= 1) {
      offset += (rest % siteDimensions[sites[i]]) * strides[sites[i]]
      rest = Math.floor(rest / siteDimensions[sites[i]])
    }
    return offset
  })
  for (let base = 0; base < size; base += 1) {
    if (sites.some((site) => Math.floor(base / strides[site]) % siteDimensions[site] !== 0)) continue
    for (let r = 0; r < operator.rows; r += 1) {
      for (let c = 0; c < operator.columns; c += 1) {
        const re = factor * operator.re[r * operator.columns + c]
        const im = factor * (operator.im?.[r * operator.columns + c] ?? 0)
        if (re === 0 && im === 0) continue
        const [source, target] = [base + offsets[c], base + offsets[r]]
        out.re[target] += re * state.re[source] - im * (state.im?.[source] ?? 0)
        if (out.im) out.im[target] += re * (state.im?.[source] ?? 0) + im * state.re[source]
      }
    }
  }
}

const scaled = (matrix: ComplexMatrix, factor: number): ComplexMatrix =>
  ({ ...matrix, re: matrix.re.map((x) => factor * x), im: matrix.im?.map((x) => factor * x) ?? null })

const kron = (a: ComplexMatrix, b: ComplexMatrix): ComplexMatrix => {
  const rows = a.rows * b.rows
  const columns = a.columns * b.columns
  const [re, im] = [new Float64Array(rows * columns), new Float64Array(rows * columns)]
  for (let i = 0; i < re.length; i += 1) {
    const [r, c] = [Math.floor(i / columns), i % columns]
    const p = Math.floor(r / b.rows) * a.columns + Math.floor(c / b.columns)
    const q = (r % b.rows) * b.columns + (c % b.columns)
    re[i] = a.re[p] * b.re[q] - (a.im?.[p] ?? 0) * (b.im?.[q] ?? 0)
    im[i] = a.re[p] * (b.im?.[q] ?? 0) + (a.im?.[p] ?? 0) * b.re[q]
  }
  return { rows, columns, re, im }
}

/** System and chain as one list of terms, the system being site 0. */
export const jointTerms = (problem: Problem, bath: LocalBath): readonly LocalTerm[] => {
  const { energies, baths: [{ systemCouplings, strength }] } = problem
  const d = energies.length
  const own: ComplexMatrix = { rows: d, columns: d, re: Float64Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? energies[i / (d + 1)] : 0)), im: null }
  return [
    { sites: [0], operator: own },
    ...bath.hamiltonian.map((term) => ({ ...term, sites: term.sites.map((site) => site + 1) })),
    ...bath.couplings.flatMap((terms, alpha) => terms.map((term) => ({
      sites: [0, ...term.sites.map((site) => site + 1)], operator: kron(scaled(systemCouplings[alpha], strength), term.operator),
    }))),
  ]
}

const TAYLOR_ORDER = 40

/**
 * Exact evolution of system ⊗ chain by local terms, from ρ_S(0) = |k⟩⟨k| and the whole chain evenly filled: one vector per chain
 * state, never a matrix of the chain.
 */
export const localExact = (): Algorithm => ({
  ...toyIdentity('local-exact'),
  needs: ['microscopic'],
  estimate: () => succeed({ bytes: 0, operations: 0, jointStates: 0 }),
  prepare: async (problem) => {
    const microscopic = problem.baths[0].bath.can.microscopic?.()
    if (!microscopic) return fail(issue('toys/missing', ['baths', 0], '`baths[0]` must offer microscopic, but does not'))
    if (microscopic._tag === 'Left') return microscopic
    if (microscopic.right.kind !== 'local') return fail(issue('toys/kind', ['baths', 0], '`baths[0]` must be local terms, but is spectral'))
    const bath = microscopic.right
    const { initial } = problem
    if (initial.kind !== 'product') return fail(issue('toys/initial', ['initial'], '`initial` must be a product, but is correlated'))
    const d = problem.energies.length
    const sites = [d, ...bath.siteDimensions]
    const chain = bath.siteDimensions.reduce((product, each) => product * each, 1)
    const size = d * chain
    const terms = jointTerms(problem, bath)
    const level = initial.system.re.findIndex((_, i) => i % (d + 1) === 0 && initial.system.re[i] === 1) / (d + 1)
    const states: Planes[] = Array.from({ length: chain }, (_, start) => {
      const re = new Float64Array(size)
      re[level * chain + start] = 1
      return { re, im: new Float64Array(size) }
    })
    const plane = (): Planes => ({ re: new Float64Array(size), im: new Float64Array(size) })
    const [term, image] = [plane(), plane()]
    const hamiltonian = (state: Planes, out: Planes): void => {
      out.re.fill(0)
      out.im?.fill(0)
      for (const each of terms) applyTerm(each, sites, 1, state, out)
    }
    // Rows of a term bound its norm; their sum bounds the spectrum and with it the length of a Taylor step.
    const bound = terms.reduce((sum, { operator }) => sum + Math.max(...Array.from({ length: operator.rows }, (_, r) =>
      Array.from({ length: operator.columns }, (__, c) => Math.hypot(operator.re[r * operator.columns + c], operator.im?.[r * operator.columns + c] ?? 0))
        .reduce((a, b) => a + b, 0))), 0)
    const populations = new Float64Array(d)
    let time = problem.times[0]
    const frame = {
      dimension: d, baths: problem.baths.map((each) => ({ label: each.label, windows: each.bath.windows })),
      algorithm: toyIdentity('local-exact'), rates: [null], backend: 'none',
    }
    const stepper: Stepper = {
      frame,
      get time() { return time },
      enter: () => succeed(undefined),
      advance: async (to) => {
        const parts = Math.ceil((bound * (to - time)) / 4)
        const duration = (to - time) / parts
        for (const state of states) {
          for (let part = 0; part < parts; part += 1) {
            term.re.set(state.re)
            term.im?.set(state.im ?? term.im)
            for (let order = 1; order <= TAYLOR_ORDER; order += 1) {
              hamiltonian(term, image)
              for (let i = 0; i < size; i += 1) {
                // −i·(x + iy) = y − ix
                term.re[i] = ((image.im?.[i] ?? 0) * duration) / order
                if (term.im) term.im[i] = (-image.re[i] * duration) / order
                state.re[i] += term.re[i]
                if (state.im && term.im) state.im[i] += term.im[i]
              }
            }
          }
        }
        time = to
        return succeed('ok')
      },
      sample: (side) => {
        populations.fill(0)
        let [norm, energy] = [0, 0]
        for (const state of states) {
          hamiltonian(state, image)
          for (let i = 0; i < size; i += 1) {
            const p = (state.re[i] ** 2 + (state.im?.[i] ?? 0) ** 2) / chain
            populations[Math.floor(i / chain)] += p
            norm += p
            energy += (state.re[i] * image.re[i] + (state.im?.[i] ?? 0) * (image.im?.[i] ?? 0)) / chain
          }
        }
        return {
          time, side, energies: problem.energies, strengths: Float64Array.of(problem.baths[0].strength),
          populations, populationRates: null, conditional: null, scalars: { work: 0, norm, energy },
        }
      },
      validity: () => [],
      checkpoint: () => fail(issue('toys/checkpoint', [], 'a state to continue from must be given over windows, but the exact one is more than that')),
      dispose: () => undefined,
    }
    return succeed(stepper)
  },
})
