/** Gauss-Kronrod 7-15 on [0, 1]: nodes ascending, weights of both rules. Exact for polynomials of degree 22, more than any used here. */
const HALF_NODES = [
  0.9914553711208126, 0.9491079123427585, 0.8648644233597691, 0.7415311855993945, 0.5860872354676911, 0.4058451513773972, 0.2077849550078985,
]
const HALF_KRONROD = [
  0.022935322010529224, 0.06309209262997856, 0.10479001032225019, 0.14065325971552592, 0.1690047266392679, 0.19035057806478542, 0.20443294007529889,
]
const HALF_GAUSS = [0, 0.1294849661688697, 0, 0.27970539148927664, 0, 0.3818300505051189, 0]
const MIDDLE_KRONROD = 0.20948214108472782
const MIDDLE_GAUSS = 0.4179591836734694

const onUnitInterval = (outer: readonly number[], middle: number, f: (x: number, side: number) => number): Float64Array => Float64Array.from([
  ...outer.map((x) => f(x, -1)), f(middle, 0), ...[...outer].reverse().map((x) => f(x, 1)),
])

export const NODES = onUnitInterval(HALF_NODES, 0, (x, side) => (1 + side * x) / 2)
export const KRONROD = onUnitInterval(HALF_KRONROD, MIDDLE_KRONROD, (weight) => weight / 2)
export const GAUSS = onUnitInterval(HALF_GAUSS, MIDDLE_GAUSS, (weight) => weight / 2)

/** What the nodes leave out on either side. */
export const GAP = NODES[0]!

/** The value at 1 of the polynomial through the values at the nodes; those at the nodes in reverse give the one at 0. */
export const AT_END = NODES.map((node) => {
  let product = 1
  for (const other of NODES) if (other !== node) product *= (1 - other) / (node - other)
  return product
})

/** Weights of one step of an Adams method on an uneven grid. Time runs in steps: the last point known is at 0, the new one at 1. */
export interface AdamsWeights {
  /** ∫₀¹ of the polynomial through the last `order` values, by value. */
  readonly predict: Float64Array
  /** The same through the new value too: that of the new one, then those of the known ones. */
  readonly correct: Float64Array
  /** Values at 1 of the polynomials through the last order − 1, order and order + 1 values. */
  readonly ahead: readonly [Float64Array, Float64Array, Float64Array]
  /** What the corrections through order − 2 … order + 1 values and the new one make of its difference to what was expected there. */
  readonly gains: Float64Array
  /** Derivatives at the Kronrod nodes of the polynomial through the new value and the known ones [node, order + 1]. */
  readonly slopes: Float64Array
  /** What the oldest of them adds to that: by value [order + 1], in the shape of [node]. */
  readonly divided: Float64Array
  readonly tail: Float64Array
}

/** Room for weights up to an order. */
export const makeAdamsWeights = (most: number): AdamsWeights => ({
  predict: new Float64Array(most),
  correct: new Float64Array(most + 1),
  ahead: [new Float64Array(most), new Float64Array(most), new Float64Array(most + 1)],
  gains: new Float64Array(4),
  slopes: new Float64Array(NODES.length * (most + 1)),
  divided: new Float64Array(most + 1),
  tail: new Float64Array(NODES.length),
})

/** Lagrange's polynomial of point j of the first `count`, at `x`. */
const lagrange = (points: Float64Array, count: number, j: number, x: number): number => {
  let product = 1
  for (let i = 0; i < count; i++) if (i !== j) product *= (x - points[i]!) / (points[j]! - points[i]!)
  return product
}

/** ∫₀¹ ω / ω(1), ω = Π (x − x_i) over the first `count` points. */
const gainOf = (points: Float64Array, count: number): number => {
  let sum = 0
  for (let node = 0; node < NODES.length; node++) {
    let product = KRONROD[node]!
    for (let i = 0; i < count; i++) product *= (NODES[node]! - points[i]!) / (1 - points[i]!)
    sum += product
  }
  return sum
}

/** Writes the weights for `order` values, the last at points[0] = 0 and earlier ones at points[1] > points[2] > …; order + 1 of them where `known` says so. */
export const adamsWeights = (points: Float64Array, order: number, known: number, out: AdamsWeights): void => {
  const { predict, correct, ahead, gains, slopes, divided, tail } = out
  predict.fill(0)
  correct.fill(0)
  for (let which = 0; which < 3; which++) {
    const count = order - 1 + which
    const own = ahead[which]!
    own.fill(0)
    if (count <= known) for (let j = 0; j < count; j++) own[j] = lagrange(points, count, j, 1)
  }
  for (let which = 0; which < 4; which++) {
    const count = order - 2 + which
    gains[which] = count < 0 || count > known ? Number.NaN : gainOf(points, count)
  }
  const gain = gains[2]!
  correct[0] = gain
  for (let j = 0; j < order; j++) {
    for (let node = 0; node < NODES.length; node++) predict[j] = predict[j]! + KRONROD[node]! * lagrange(points, order, j, NODES[node]!)
    correct[j + 1] = predict[j]! - gain * ahead[1][j]!
  }
  for (let node = 0; node < NODES.length; node++) {
    const x = NODES[node]!
    let omega = 1
    let logarithmic = 1 / (x - 1)
    for (let i = 0; i < order; i++) {
      omega *= (x - points[i]!) / (1 - points[i]!)
      logarithmic += 1 / (x - points[i]!)
    }
    // L_new = ω(x)/ω(1), L_j = (own L_j)·(x − 1)/(x_j − 1): derivatives by the sum of 1/(x − x_i).
    slopes[node * (order + 1)] = omega * (logarithmic - 1 / (x - 1))
    // (x − 1) Π (x − x_i) without the oldest, and its derivative.
    let shape = x - 1
    for (let i = 0; i < order - 1; i++) shape *= x - points[i]!
    tail[node] = shape * (logarithmic - 1 / (x - points[order - 1]!))
    for (let j = 0; j < order; j++) {
      const value = lagrange(points, order, j, x) * ((x - 1) / (points[j]! - 1))
      slopes[node * (order + 1) + j + 1] = value * (logarithmic - 1 / (x - points[j]!))
    }
  }  for (let j = 0; j <= order; j++) {
    const own = j === 0 ? 1 : points[j - 1]!
    let product = j === 0 ? 1 : own - 1
    for (let i = 0; i < order; i++) if (i !== j - 1) product *= own - points[i]!
    divided[j] = 1 / product
  }
}
