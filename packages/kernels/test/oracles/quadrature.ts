/** Composite Gauss-Legendre quadrature with 20 points, from Newton's method on P_20 with the engine's own Math. */
const POINTS = 20

const rule = (): { nodes: number[]; weights: number[] } => {
  const nodes: number[] = []
  const weights: number[] = []
  for (let i = 0; i < POINTS; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (POINTS + 0.5))
    let slope = 1
    for (let round = 0; round < 20; round++) {
      let before = 1
      let value = x
      for (let n = 2; n <= POINTS; n++) {
        const next = ((2 * n - 1) * x * value - (n - 1) * before) / n
        before = value
        value = next
      }
      slope = (POINTS * (before - x * value)) / (1 - x * x)
      x -= value / slope
    }
    nodes.push(x)
    weights.push(2 / ((1 - x * x) * slope * slope))
  }
  return { nodes, weights }
}

const { nodes, weights } = rule()

export const gaussLegendre = (f: (x: number) => number, from: number, to: number, panels: number): number => {
  let sum = 0
  const half = (to - from) / panels / 2
  for (let p = 0; p < panels; p++) {
    const centre = from + (2 * p + 1) * half
    for (let i = 0; i < POINTS; i++) sum += weights[i] * f(centre + half * nodes[i])
  }
  return sum * half
}
