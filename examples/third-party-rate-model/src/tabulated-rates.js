import { fail, failIfAny, issue, PAPER, succeed } from '@mesobath/contracts'
import { hermite, monotoneSlopes } from './monotone-cubic.js'
import { tableOf } from './table.js'

/** The integer that this package was written for. A literal, not an import: it says what was built, whatever is installed later. */
const CONTRACT = 1
const NAME = 'tabulated-bath-rates'
const VERSION = '1.0.0'

const INTERPOLATION = {
  key: 'FritschButland1984',
  bibtex: `@article{FritschButland1984,
  author = {Fritsch, F. N. and Butland, J.},
  title = {A method for constructing local monotone piecewise cubic interpolants},
  journal = {SIAM Journal on Scientific and Statistical Computing},
  volume = {5},
  pages = {300--304},
  year = {1984},
  doi = {10.1137/0905021}
}`,
}

/** S_mic between the centres of windows, linear; the outermost slope goes on beyond them. */
const entropyAt = ({ energies, logVolumes }, energy) => {
  if (energies.length === 1) return logVolumes[0]
  let cell = 0
  while (cell < energies.length - 2 && energy > energies[cell + 1]) cell += 1
  const t = (energy - energies[cell]) / (energies[cell + 1] - energies[cell])
  return logVolumes[cell] + t * (logVolumes[cell + 1] - logVolumes[cell])
}

/** |f(Ē, ω)|² between samples: monotone cubic in ω, linear in Ē; an issue outside them. */
const reader = ({ energies, frequencies, values }, beyond) => {
  const slopes = values.map((row) => monotoneSlopes(frequencies, row))
  const [first, last] = [energies[0], energies[energies.length - 1]]
  const [least, most] = [frequencies[0], frequencies[frequencies.length - 1]]
  return (energy, frequency) => {
    const refuse = (must, but) => fail(issue(`${NAME}/outside`, ['rows'], `\`rows\` must ${must}, but ${but}`))
    if (energy < first || energy > last) return refuse(`span Ē = ${energy}, where two windows meet`, `spans ${first} to ${last}`)
    if (frequency > most) return beyond === 'zero' ? succeed(0) : refuse(`span ω = ${frequency}, or \`beyond\` be zero`, `ends at ω = ${most}`)
    if (frequency < least) return refuse(`span ω = ${frequency}`, `begins at ω = ${least}`)
    let cell = 0
    while (cell < energies.length - 2 && energy > energies[cell + 1]) cell += 1
    const t = (energy - energies[cell]) / (energies[cell + 1] - energies[cell])
    const at = (row) => hermite(frequencies, values[row], slopes[row], frequency)
    return succeed((1 - t) * at(cell) + t * at(cell + 1))
  }
}

const correlate = (bath, read) => {
  const { couplings, windows } = bath
  const { energies, logVolumes, width } = windows
  if (couplings !== 1) return fail(issue(`${NAME}/couplings`, ['couplings'], `\`bath\` must have one coupling operator, which the table is about, but has ${couplings}`))
  // Within a window there is no rate: a table of |f|² says nothing of the diagonal, which may never decay.
  const strength = ({ to, from }, out) => {
    const issues = []
    for (let row = 0; row < to.length; row += 1) {
      out.re[row] = 0
      if (out.im !== null) out.im[row] = 0
      if (to[row] === from[row]) continue
      const upper = Math.max(to[row], from[row])
      const lower = Math.min(to[row], from[row])
      const mean = 0.5 * (energies[upper] + energies[lower])
      const weight = read(mean, energies[upper] - energies[lower])
      if (weight._tag === 'Left') {
        issues.push(...weight.left)
        continue
      }
      const exponent = 0.5 * (logVolumes[upper] + logVolumes[lower]) - entropyAt(windows, mean)
      out.re[row] = ((2 * Math.PI) / width) * Math.exp(exponent) * weight.right
    }
    return failIfAny(issues, () => undefined)
  }
  return succeed({ lineShape: { kind: 'flat-window', width, finiteTime: true }, strength })
}

const optionIssues = ({ beyond, source }) => [
  ...(beyond === undefined || beyond === 'refuse' || beyond === 'zero' ? [] : [issue(`${NAME}/beyond`, ['beyond'], `\`beyond\` must be refuse or zero, but is ${JSON.stringify(beyond)}`)]),
  ...(source === undefined || (typeof source.key === 'string' && source.key !== '' && String(source.bibtex).includes(source.key)) ? []
    : [issue(`${NAME}/source`, ['source'], '`source` must be { key, bibtex } with the key in its BibTeX, but is not')]),
]

/** @type {typeof import('./index.js').tabulatedRates} */
export const tabulatedRates = (options) => {
  const { beyond = 'refuse', rows, source } = options
  const table = tableOf(rows)
  const issues = [...(table._tag === 'Left' ? table.left : []), ...optionIssues(options)]
  return failIfAny(issues, () => {
    const read = reader(table.right, beyond)
    return {
      contract: CONTRACT, name: 'tabulated', package: NAME, version: VERSION,
      citations: [PAPER, INTERPOLATION, ...(source === undefined ? [] : [source])],
      recipe: { rows: rows.map((row) => [...row]), beyond, ...(source === undefined ? {} : { source }) },
      needs: [],
      correlate: (bath) => correlate(bath, read),
    }
  })
}
