import { succeed } from '@mesobath/contracts'
import { LEDGER_STYLES, populationsFigure } from '@mesobath/figures'
import { flatWindowTransform } from '@mesobath/kernels'
import type { AtlasFigure } from './atlas-figure.js'
import { check, largestGap } from './checks.js'

const WIDTH = 1
const REACH = 4
const POINTS = 641
/** Frequencies at which the closed form is compared with an integral over time, and how far that integral goes. */
const PROBES = [0, 0.13, -0.4, 0.75, 1, -1.3, 2.2, 3.6] as const
const SPAN = 1500
const STEPS_PER_TIME = 40
/** What lies beyond the span is less than ∫ 2/(πδτ²) dτ. */
const TAIL = 2 / (Math.PI * SPAN)

const transformAt = (mismatch: number): readonly [number, number] => {
  const out = new Float64Array(2)
  flatWindowTransform(mismatch, Infinity, WIDTH, out)
  return [out[0] ?? NaN, out[1] ?? NaN]
}

/** h(τ) = (δ/2π) sinc²(δτ/2) (Eq. B3). */
const envelope = (time: number): number => {
  const half = WIDTH * time / 2
  const sinc = half === 0 ? 1 : Math.sin(half) / half
  return WIDTH / (2 * Math.PI) * sinc * sinc
}

/** ∫₀^T h(τ) e^{−iΩτ} dτ by Simpson's rule. */
const integrated = (mismatch: number): readonly [number, number] => {
  const count = 2 * Math.round(SPAN * STEPS_PER_TIME / 2)
  const step = SPAN / count
  let [re, im] = [0, 0]
  for (let i = 0; i <= count; i++) {
    const weight = (i === 0 || i === count ? 1 : i % 2 === 1 ? 4 : 2) * step / 3 * envelope(i * step)
    re += weight * Math.cos(mismatch * i * step)
    im -= weight * Math.sin(mismatch * i * step)
  }
  return [re, im]
}

/** Fig. 6: the line shape of a flat window against the mismatch Ω (Eq. B12). */
export const fig6: AtlasFigure = {
  name: 'fig6', title: 'Fig. 6: the line shape of a flat window', seed: 1,
  claim: 'The real part of the line shape is a triangle that vanishes beyond |Ω| = δ, so disregarding non-resonant transitions there is no approximation; its imaginary part decays slowly.',
  panels: () => [],
  draw: async () => {
    const mismatches = Array.from({ length: POINTS }, (_, i) => -REACH + (2 * REACH * i) / (POINTS - 1))
    const values = mismatches.map((mismatch) => transformAt(mismatch * WIDTH))
    const [re, im] = [values.map((each) => each[0]), values.map((each) => each[1])]
    const svg = await populationsFigure({
      curves: [
        { name: 'real', label: 'real part', times: mismatches, values: re, style: LEDGER_STYLES[0] ?? {} },
        { name: 'imaginary', label: 'imaginary part', times: mismatches, values: im, style: LEDGER_STYLES[1] ?? {} },
      ],
      xTitle: 'mismatch Ω/δ', yTitle: 'line shape ȟ(iΩ)', xRange: [-REACH, REACH], yRange: [-0.3, 0.6],
    })
    if (svg._tag === 'Left') return svg
    const closed = PROBES.map((mismatch) => transformAt(mismatch))
    const numeric = PROBES.map(integrated)
    const beyond = values.filter((_, i) => Math.abs(mismatches[i] ?? 0) >= 1).map(([real]) => Math.abs(real))
    const largest = im.reduce((best, value, i) => (value < (im[best] ?? Infinity) ? i : best), 0)
    return succeed({
      svg: svg.right,
      checks: [
        check('real part at Ω = 0', transformAt(0)[0], { least: 0.5, most: 0.5, slack: 1e-14, source: 'paper', words: '1/2' }),
        check('real part beyond |Ω| = δ, largest', Math.max(...beyond), { most: 0, slack: 1e-14, source: 'paper', words: '0' }),
        check('real part against an integral over time, largest deviation', largestGap(closed.map((each) => each[0]), numeric.map((each) => each[0])), { most: TAIL, words: `at most ${TAIL.toPrecision(2)}, the tail left out` }),
        check('imaginary part against an integral over time, largest deviation', largestGap(closed.map((each) => each[1]), numeric.map((each) => each[1])), { most: TAIL, words: `at most ${TAIL.toPrecision(2)}, the tail left out` }),
        check('imaginary part is odd: largest sum of both sides', largestGap(im, [...im].reverse().map((value) => 0 - value)), { most: 1e-14, source: 'theorem' }),
      ],
      remarks: [`The imaginary part is most negative, ${(im[largest] ?? NaN).toFixed(4)}, at Ω = ${(mismatches[largest] ?? NaN).toFixed(3)} δ.`],
      files: [{ name: 'line-shape.csv', bytes: `mismatch_over_width,real,imaginary\n${mismatches.map((mismatch, i) => `${mismatch},${re[i]},${im[i]}\n`).join('')}` }],
    })
  },
}
