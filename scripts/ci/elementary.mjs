// The built kernels carry @stdlib along, rewritten as modules: what they compute must still be what @stdlib computes.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../lib/workspace.mjs'
import { failed, passed } from './check.mjs'

const NUMBERS = 100_000
const SPECIAL = [0, -0, Infinity, -Infinity, NaN, 5e-324, -5e-324]
/** Half the width of where the functions are mostly used. */
const REACH = 50

/** Any 64 bits, and as many numbers of moderate size. */
const numbers = () => {
  const any = new Float64Array(NUMBERS)
  const words = new Uint32Array(any.buffer)
  let state = 1
  for (let i = 0; i < words.length; i++) words[i] = state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return [...SPECIAL, ...any, ...any.map((_, i) => REACH * (words[i] / 2 ** 31 - 1))]
}

export const elementaryCheck = async () => {
  const name = 'elementary functions as built have the bits of @stdlib'
  const kernels = await import(pathToFileURL(join(root, 'packages/kernels/dist/index.js')).href)
  const require = createRequire(join(root, 'packages/kernels/package.json'))
  const stdlib = (each) => require(`@stdlib/math-base-special-${each}`)
  const pair = new Float64Array(2)
  const both = (index) => (x) => {
    kernels.sinCos(x, pair)
    return pair[index]
  }
  const sincos = stdlib('sincos')
  const cases = [
    ...[['exp', 'exp'], ['expm1', 'expm1'], ['log', 'ln'], ['log1p', 'log1p'], ['sin', 'sin'], ['cos', 'cos']].map(([own, theirs]) => [own, kernels[own], stdlib(theirs)]),
    ['the sine of sinCos', both(0), (x) => sincos(x)[0]],
    ['the cosine of sinCos', both(1), (x) => sincos(x)[1]],
  ]
  const all = numbers()
  const faults = cases.flatMap(([label, own, theirs]) => {
    const index = all.findIndex((x) => !Object.is(own(x), theirs(x)))
    return index < 0 ? [] : [`${label} at ${all[index]} must be ${theirs(all[index])}, but is ${own(all[index])}`]
  })
  return faults.length === 0 ? passed(`${name} (${all.length} numbers)`) : failed(name, faults.join('\n'))
}
