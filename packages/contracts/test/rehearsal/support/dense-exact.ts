import { fail, issue, succeed } from '@mesobath/contracts'
import type { Algorithm, Segment, Stepper } from '@mesobath/contracts'
import { toyIdentity } from './parts.js'

// Steps in which a moving Hamiltonian is frozen; work is booked where it moves, so the books close whatever their number.
const SUBSTEPS = 400
const TAYLOR_ORDER = 24

/** Exact evolution of system ⊗ one small spectral bath from |k⟩⟨k| ⊗ Π_E/V_E, energies and strength moving with the drive. */
export const denseExact = (): Algorithm => ({
  ...toyIdentity('dense-exact'),
  needs: ['microscopic'],
  estimate: () => succeed({ bytes: 0, operations: 0, jointStates: 0 }),
  prepare: async (problem) => {
    const [{ bath, label, systemCouplings }] = problem.baths
    const microscopic = bath.can.microscopic?.()
    if (!microscopic) return fail(issue('toys/missing', ['baths', 0], '`baths[0]` must offer microscopic, but does not'))
    if (microscopic._tag === 'Left') return microscopic
    if (microscopic.right.kind !== 'spectral') return fail(issue('toys/kind', ['baths', 0], '`baths[0]` must be spectral, but is local terms'))
    const spectral = microscopic.right
    const { initial } = problem
    const [state] = initial.kind === 'product' ? initial.baths : []
    if (initial.kind !== 'product' || state.kind !== 'windows') return fail(issue('toys/initial', ['initial'], '`initial` must be a product over windows, but is not'))
    const d = problem.energies.length
    const n = bath.windows.energies.length
    const { levels, window } = spectral
    const N = levels.length
    const D = d * N
    const members = Array.from({ length: n }, (_, e) => Array.from(levels.keys()).filter((i) => window[i] === e))
    const coupling = new Float64Array(N * N)
    for (let to = 0; to < n; to += 1) {
      for (let from = 0; from < n; from += 1) {
        const block = { re: new Float64Array(members[to].length * members[from].length), im: null }
        if (spectral.block(0, to, from, block)) members[to].forEach((i, r) => members[from].forEach((j, c) => { coupling[i * N + j] = block.re[r * members[from].length + c] }))
      }
    }
    const energies = Float64Array.from(problem.energies)
    const strengths = Float64Array.of(problem.baths[0].strength)
    const level = initial.system.re.findIndex((_, i) => i % (d + 1) === 0 && initial.system.re[i] === 1) / (d + 1)
    const starts = Array.from(levels.keys()).filter((i) => state.probabilities[window[i]] > 0)
    const weights = starts.map((i) => state.probabilities[window[i]] / members[window[i]].length)
    const vectors = starts.map((i) => {
      const re = new Float64Array(D)
      re[level * N + i] = 1
      return { re, im: new Float64Array(D) }
    })
    /** out = (S ⊗ B) x. */
    const interact = (x: Float64Array, out: Float64Array): void => {
      out.fill(0)
      for (let k = 0; k < d; k += 1) {
        for (let q = 0; q < d; q += 1) {
          const s = systemCouplings[0].re[k * d + q]
          if (s === 0) continue
          for (let i = 0; i < N; i += 1) for (let j = 0; j < N; j += 1) out[k * N + i] += s * coupling[i * N + j] * x[q * N + j]
        }
      }
    }
    const apply = (x: Float64Array, out: Float64Array): void => {
      interact(x, out)
      for (let i = 0; i < D; i += 1) out[i] = strengths[0] * out[i] + (energies[Math.floor(i / N)] + levels[i % N]) * x[i]
    }
    const [a, b, c, e] = Array.from({ length: 4 }, () => new Float64Array(D))
    const rotate = (duration: number): void => {
      for (const { re, im } of vectors) {
        a.set(re)
        b.set(im)
        for (let order = 1; order <= TAYLOR_ORDER; order += 1) {
          apply(a, c)
          apply(b, e)
          for (let i = 0; i < D; i += 1) {
            a[i] = (e[i] * duration) / order
            b[i] = (-c[i] * duration) / order
            re[i] += a[i]
            im[i] += b[i]
          }
        }
      }
    }
    const measure = () => {
      const populations = new Float64Array(d * n)
      let [norm, bathEnergy, systemEnergy, contact] = [0, 0, 0, 0]
      vectors.forEach(({ re, im }, row) => {
        interact(re, c)
        interact(im, e)
        for (let i = 0; i < D; i += 1) {
          const p = weights[row] * (re[i] ** 2 + im[i] ** 2)
          populations[Math.floor(i / N) * n + window[i % N]] += p
          norm += p
          bathEnergy += levels[i % N] * p
          systemEnergy += energies[Math.floor(i / N)] * p
          contact += weights[row] * (re[i] * c[i] + im[i] * e[i])
        }
      })
      return { populations, norm, bathEnergy, systemEnergy, contact }
    }
    let work = 0
    const shift = (segment: Segment, at: number): void => {
      const { populations, contact } = measure()
      const [oldEnergies, oldStrength] = [Float64Array.from(energies), strengths[0]]
      segment.energies(at, energies)
      segment.strengths(at, strengths)
      for (let k = 0; k < d; k += 1) for (let w = 0; w < n; w += 1) work += (energies[k] - oldEnergies[k]) * populations[k * n + w]
      work += (strengths[0] - oldStrength) * contact
    }
    let time = problem.times[0]
    let current: Segment | null = null
    const stepper: Stepper = {
      frame: { dimension: d, baths: [{ label, windows: bath.windows }], algorithm: toyIdentity('dense-exact'), rates: [null], backend: 'none' },
      get time() { return time },
      enter: (segment) => {
        current = segment
        shift(segment, segment.from)
        return succeed(undefined)
      },
      advance: async (to) => {
        if (!current) throw new Error('a stepper must enter a segment before it advances')
        const from = time
        for (let i = 0; i < SUBSTEPS; i += 1) {
          if (!current.constant) shift(current, from + ((to - from) * (i + 0.5)) / SUBSTEPS)
          rotate((to - from) / SUBSTEPS)
        }
        if (!current.constant) shift(current, to)
        time = to
        return succeed('ok')
      },
      sample: (side) => {
        const { populations, norm, bathEnergy, systemEnergy, contact } = measure()
        return {
          time, side, energies, strengths, populations, populationRates: null, conditional: null,
          scalars: {
            work, norm, interactionEnergy: strengths[0] * contact, [`bathEnergy/${label}`]: bathEnergy, energy: systemEnergy + bathEnergy + strengths[0] * contact,
          },
        }
      },
      validity: () => [],
      checkpoint: () => fail(issue('toys/checkpoint', [], 'a state to continue from must be given over windows, but the exact one is more than that')),
      dispose: () => undefined,
    }
    return succeed(stepper)
  },
})
