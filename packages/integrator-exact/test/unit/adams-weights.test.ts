import { describe, expect, it } from 'vitest'
import { adamsWeights, AT_END, GAUSS, KRONROD, makeAdamsWeights, NODES } from '../../src/internal/adams-weights.js'
import { numbers } from '../oracles/small-baths.js'

/** Weights of an order grow on uneven points, and with them their rounding. */
const TOLERANCE = 1e-9

const unevenPoints = (count: number, seed: number): Float64Array => {
  const draw = numbers(seed)
  const points = new Float64Array(count)
  for (let at = 1; at < count; at++) points[at] = points[at - 1]! - (1 + 0.5 * draw())
  return points
}

describe('weights of Adams methods', () => {
  it('predict exactly what is a polynomial of the order less one, and correct exactly one degree more, on uneven points', () => {
    for (let order = 1; order <= 12; order++) {
      const points = unevenPoints(order + 1, order)
      const out = makeAdamsWeights(12)
      adamsWeights(points, order, order + 1, out)
      for (let degree = 0; degree <= order; degree++) {
        // Scaled, so that all orders share a tolerance.
        const scale = 1 / Math.max(1, Math.abs(points[order]!)) ** degree
        const f = (x: number): number => scale * x ** degree
        const integral = scale / (degree + 1)
        let predicted = 0
        let corrected = out.correct[0]! * f(1)
        for (let j = 0; j < order; j++) {
          predicted += out.predict[j]! * f(points[j]!)
          corrected += out.correct[j + 1]! * f(points[j]!)
        }
        expect(Math.abs(corrected - integral), `corrected, order ${order}, degree ${degree}`).toBeLessThan(TOLERANCE)
        if (degree < order) expect(Math.abs(predicted - integral), `predicted, order ${order}, degree ${degree}`).toBeLessThan(TOLERANCE)
        else expect(Math.abs(predicted - integral)).toBeGreaterThan(1e-3 * scale)
        for (const [which, ahead] of out.ahead.entries()) {
          const count = order - 1 + which
          if (degree >= count) continue
          let expected = 0
          for (let j = 0; j < count; j++) expected += ahead[j]! * f(points[j]!)
          expect(Math.abs(expected - f(1))).toBeLessThan(TOLERANCE)
        }
        for (let node = 0; node < NODES.length; node++) {
          let slope = out.slopes[node * (order + 1)]! * f(1)
          for (let j = 0; j < order; j++) slope += out.slopes[node * (order + 1) + j + 1]! * f(points[j]!)
          const wanted = degree === 0 ? 0 : scale * degree * NODES[node]! ** (degree - 1)
          expect(Math.abs(slope - wanted), `slope, order ${order}, degree ${degree}`).toBeLessThan(1e3 * TOLERANCE)
        }
      }
    }
  })

  it('of the quadrature between: Gauss to degree 13, Kronrod to 22, the end from the nodes to 14', () => {
    for (let degree = 0; degree <= 22; degree++) {
      let gauss = 0
      let kronrod = 0
      let end = 0
      NODES.forEach((node, at) => {
        gauss += GAUSS[at]! * node ** degree
        kronrod += KRONROD[at]! * node ** degree
        end += AT_END[at]! * node ** degree
      })
      expect(Math.abs(kronrod - 1 / (degree + 1))).toBeLessThan(1e-14)
      if (degree <= 13) expect(Math.abs(gauss - 1 / (degree + 1))).toBeLessThan(1e-14)
      if (degree <= 14) expect(Math.abs(end - 1)).toBeLessThan(1e-11)
    }
  })
})
