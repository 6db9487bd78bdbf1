import { randomMatrixBath } from '@mesobath/baths'
import { orThrow, succeed } from '@mesobath/contracts'
import { complexMatrix } from '@mesobath/kernels'

/** One panel of Fig. 2: 400 levels in the lower window, 600 in the upper one, 121 times. */
export const panelProblem = () => ({
  energies: Float64Array.of(0, 1),
  baths: [{
    label: 'bath', strength: 3e-3, systemCouplings: [complexMatrix(2, 2, [0, 1, 1, 0])],
    bath: orThrow(randomMatrixBath({
      windows: [{ energy: 0, volume: 400 }, { energy: 1, volume: 600 }], windowWidth: 0.5, spectrum: 'random', deviation: 1, seed: 1,
    })),
  }],
  initial: { kind: 'product', system: complexMatrix(2, 2, [0, 0, 0, 1]), baths: [{ kind: 'windows', probabilities: Float64Array.of(1, 0) }] },
  times: Float64Array.from({ length: 121 }, (_, i) => i / 2),
  drive: null,
})

/** The same with the coupling of its windows drawn already. */
export const heldPanel = () => {
  const problem = panelProblem()
  const [{ bath }] = problem.baths
  const drawn = orThrow(bath.can.microscopic())
  const coupling = { re: new Float64Array(600 * 400), im: new Float64Array(600 * 400) }
  drawn.block(0, 1, 0, coupling)
  const block = (alpha, to, from, out) => {
    if (to !== 1 || from !== 0) return drawn.block(alpha, to, from, out)
    out.re.set(coupling.re)
    out.im.set(coupling.im)
    return true
  }
  const held = { ...bath, can: { ...bath.can, microscopic: () => succeed({ ...drawn, block }) } }
  return { ...problem, baths: [{ ...problem.baths[0], bath: held }] }
}

/** Where p(ε_1, E_0) ends must be near its plateau. */
export const checkPlateau = ({ populations }) => {
  const last = populations.at(-2)
  if (!(Math.abs(last - 0.4) < 0.03)) throw new Error(`the panel must end near its plateau 0.4, but ends at ${last}`)
}
