import type { BathModel, LocalBath, MicroscopicBath, Planes, SpectralBath } from '@mesobath/contracts'
import { law, needed } from '../law.js'
import type { Fault, Law } from '../law.js'
import { unwritten } from './correlation-table.js'

interface RealisationParts {
  readonly bath: () => BathModel
  readonly factory: () => BathModel
  readonly accuracy: number
  readonly countsLevels: boolean
  readonly restsOn: readonly Law[]
}

const realise = (bath: BathModel): MicroscopicBath => {
  const { microscopic } = bath.can
  if (typeof microscopic !== 'function') throw new TypeError('`can.microscopic` is no function')
  return needed('`can.microscopic`', microscopic())
}

/** Levels of each window, in the order of the bath. */
const membersOf = ({ window }: SpectralBath, windows: number): readonly (readonly number[])[] =>
  Array.from({ length: windows }, (_, index) => Array.from(window.keys()).filter((level) => window[level] === index))

interface Block {
  readonly rows: number
  readonly columns: number
  readonly written: boolean
  readonly planes: Planes & { readonly im: Float64Array }
}

const readBlock = (spectral: SpectralBath, members: readonly (readonly number[])[], coupling: number, to: number, from: number): Block => {
  const [rows, columns] = [members[to]!.length, members[from]!.length]
  const planes = unwritten(rows * columns)
  const written = spectral.block(coupling, to, from, planes)
  return { rows, columns, written, planes }
}

/** The same block in parts; as a whole where it does not come in parts. */
const readInParts = (spectral: SpectralBath, whole: Block, coupling: number, to: number, from: number): Block => {
  const { inParts } = spectral.block
  if (inParts === undefined) return whole
  const planes = unwritten(whole.rows * whole.columns)
  const next = inParts(coupling, to, from, planes)
  if (next !== null) for (let more = true; more;) more = next()
  return { ...whole, written: next !== null, planes }
}

const levelFaults = (bath: BathModel, spectral: SpectralBath, countsLevels: boolean): readonly Fault[] => {
  const { energies, logVolumes, width } = bath.windows
  const { levels, window } = spectral
  if (window.length !== levels.length) return [{ must: 'name the window of each level', but: `names ${window.length} for ${levels.length} levels` }]
  const outside = levels.findIndex((level, i) => {
    const centre = energies[window[i]!]
    // Half-open, with a rounding of the edges.
    return centre === undefined || !(level >= centre - width / 2 - 1e-9 * width && level < centre + width / 2 + 1e-9 * width)
  })
  if (outside >= 0) return [{ must: 'have every level inside its window', but: `level ${outside} (E = ${levels[outside]}) is told to lie in window ${window[outside]}` }]
  if (!countsLevels) return []
  return membersOf(spectral, energies.length).flatMap((members, index) => {
    const counted = Math.log(members.length)
    return Math.abs(counted - logVolumes[index]!) <= 1e-9 * Math.max(1, counted) ? []
      : [{ must: 'have V_E = the number of levels of the window', but: `window ${index} has ${members.length} levels and ln V_E = ${logVolumes[index]}` }]
  }).slice(0, 1)
}

/** All blocks of a spectral bath, by coupling, target and source. */
const blocksOf = (bath: BathModel, spectral: SpectralBath): readonly (readonly (readonly Block[])[])[] => {
  const count = bath.windows.energies.length
  const members = membersOf(spectral, count)
  return Array.from({ length: bath.couplings }, (_, coupling) => Array.from({ length: count }, (_row, to) => Array.from({ length: count }, (_column, from) => readBlock(spectral, members, coupling, to, from))))
}

const overBlocks = (blocks: readonly (readonly (readonly Block[])[])[], find: (block: Block, coupling: number, to: number, from: number) => Fault | null): readonly Fault[] => {
  for (const [coupling, rows] of blocks.entries()) {
    for (const [to, row] of rows.entries()) {
      for (const [from, block] of row.entries()) {
        const fault = find(block, coupling, to, from)
        if (fault !== null) return [fault]
      }
    }
  }
  return []
}

const where = (coupling: number, to: number, from: number): string => `B^${coupling} between windows ${to} and ${from}`

const finiteFault = ({ planes, written }: Block, coupling: number, to: number, from: number): Fault | null => {
  const touched = planes.re.some((x) => !Number.isNaN(x)) || planes.im.some((x) => !Number.isNaN(x))
  if (!written) return touched ? { must: 'leave `out` untouched where it says that a block is zero', but: `writes ${where(coupling, to, from)}` } : null
  const finite = planes.re.every((x) => Number.isFinite(x)) && planes.im.every((x) => Number.isFinite(x))
  return finite ? null : { must: 'write every entry of a block as a finite number, in both planes', but: `does not for ${where(coupling, to, from)}` }
}

const realPart = ({ planes, written }: Block, i: number): number => (written ? planes.re[i]! : 0)
const imaginaryPart = ({ planes, written }: Block, i: number): number => (written ? planes.im[i]! : 0)

const hermitianFault = (block: Block, mirror: Block, accuracy: number, coupling: number, to: number, from: number): Fault | null => {
  const { columns, rows } = block
  const scale = Math.max(0, ...block.planes.re.filter(Number.isFinite).map(Math.abs), ...block.planes.im.filter(Number.isFinite).map(Math.abs))
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < columns; j += 1) {
      const [at, back] = [i * columns + j, j * rows + i]
      if (Math.abs(realPart(block, at) - realPart(mirror, back)) + Math.abs(imaginaryPart(block, at) + imaginaryPart(mirror, back)) > accuracy * Math.max(scale, Number.MIN_VALUE)) {
        return { must: 'have Hermitian coupling operators', but: `entry (${i}, ${j}) of ${where(coupling, to, from)} is not the conjugate of the mirrored one` }
      }
    }
  }
  return null
}

const meanFault = (block: Block, accuracy: number, coupling: number, to: number, from: number): Fault | null => {
  if (to !== from || !block.written) return null
  let sum = 0
  let scale = 0
  for (let i = 0; i < block.rows; i += 1) {
    sum += block.planes.re[i * block.columns + i]!
    scale += Math.abs(block.planes.re[i * block.columns + i]!)
  }
  return Math.abs(sum) <= accuracy * Math.max(1, scale) * block.rows ? null
    : { must: 'give blocks with ⟨B^α⟩_E removed', but: `the diagonal of ${where(coupling, to, from)} sums to ${sum}` }
}

const localFaults = ({ couplings, hamiltonian, siteDimensions }: LocalBath, bath: BathModel): readonly Fault[] => {
  if (couplings.length !== bath.couplings) return [{ must: `have ${bath.couplings} coupling operators`, but: `has ${couplings.length}` }]
  for (const { operator, sites } of [...hamiltonian, ...couplings.flat()]) {
    const size = sites.reduce((product, site) => product * (siteDimensions[site] ?? NaN), 1)
    if (new Set(sites).size !== sites.length || operator.rows !== size || operator.columns !== size) {
      return [{ must: 'have local terms on distinct sites, each as large as their product', but: `has one of ${operator.rows} × ${operator.columns} on the sites ${sites.join(', ')}` }]
    }
    for (let i = 0; i < size; i += 1) {
      for (let j = 0; j < size; j += 1) {
        const [a, b] = [i * size + j, j * size + i]
        if (Math.abs(operator.re[a]! - operator.re[b]!) + Math.abs((operator.im?.[a] ?? 0) + (operator.im?.[b] ?? 0)) > 1e-12) {
          return [{ must: 'have Hermitian local terms', but: `has another on the sites ${sites.join(', ')}` }]
        }
      }
    }
  }
  return []
}

const same = (a: Float64Array, b: Float64Array): boolean => a.every((x, i) => Object.is(x, b[i]))

/** Second moments of a realisation miss those of the ensemble by chance: this many standard errors. */
const STANDARD_ERRORS = 8
/** Below, chance is all there is. */
const FEWEST_ENTRIES = 400

/** The mean of |B_ij|² over a block against the ensemble's a² + |b|². */
const ensembleFault = (bath: BathModel, block: Block, coupling: number, to: number, from: number): Fault | null => {
  const { ensemble } = bath.can
  const entries = block.rows * block.columns
  if (ensemble === undefined || to === from || entries < FEWEST_ENTRIES) return null
  const { couplings } = bath
  const moment = { re: new Float64Array(couplings * couplings), im: new Float64Array(couplings * couplings) }
  const expected = Math.exp(ensemble.secondMoment(to, from, moment)) * moment.re[coupling * couplings + coupling]!
  let sum = 0
  for (let i = 0; i < entries; i += 1) sum += realPart(block, i) ** 2 + imaginaryPart(block, i) ** 2
  // A real Gaussian's square has the widest spread, √2 of its mean.
  const allowed = STANDARD_ERRORS * Math.sqrt(2 / entries) * expected
  return Math.abs(sum / entries - expected) <= allowed ? null
    : { must: 'draw its realisation from the ensemble it gives', but: `${where(coupling, to, from)} has the mean square ${sum / entries} where the ensemble says ${expected}` }
}

/** Squares below this have lost digits, or all of them. */
const LEAST_NORMAL = 2 ** -1022

/** The mean of |B_ij|² that the bath knows of a block, against the block. */
const squareFault = (spectral: SpectralBath, block: Block, accuracy: number, coupling: number, to: number, from: number): Fault | null => {
  const { meanSquare } = spectral.block
  const entries = block.rows * block.columns
  if (meanSquare === undefined || entries === 0) return null
  const known = meanSquare(coupling, to, from)
  if (!block.written) return known === 0 ? null : { must: 'know the mean square of a block that is zero as 0', but: `gives ${known} for ${where(coupling, to, from)}` }
  let sum = 0
  for (let i = 0; i < entries; i += 1) sum += realPart(block, i) ** 2 + imaginaryPart(block, i) ** 2
  const own = sum / entries
  const agrees = known > 0 && (known === own || Math.abs(known - own) <= accuracy * own + LEAST_NORMAL)
  return agrees ? null : { must: 'know the mean square of each block that it writes, never as 0', but: `gives ${known} for ${where(coupling, to, from)}, whose own is ${own}` }
}

/** The laws of levels and coupling operators. */
export const realisationLaws = ({ accuracy, bath, countsLevels, factory, restsOn }: RealisationParts): readonly Law[] => {
  let known: MicroscopicBath | null = null
  const microscopic = (): MicroscopicBath => {
    known ??= realise(bath())
    return known
  }
  let blocks: readonly (readonly (readonly Block[])[])[] | null = null
  const all = (): readonly (readonly (readonly Block[])[])[] => {
    const realised = microscopic()
    if (realised.kind !== 'spectral') return []
    blocks ??= blocksOf(bath(), realised)
    return blocks
  }
  const levels = law({
    name: 'levels lie in their windows, and V_E counts them', code: 'levels', restsOn,
    examine: () => {
      const realised = microscopic()
      return realised.kind === 'spectral' ? levelFaults(bath(), realised, countsLevels) : localFaults(realised, bath())
    },
  })
  const finite = law({ name: 'coupling blocks are finite, and untouched where they are zero', code: 'blocks', restsOn: [...restsOn, levels], examine: () => overBlocks(all(), finiteFault) })
  const hermitian = law({
    name: 'coupling operators are Hermitian', code: 'hermitian', restsOn: [...restsOn, levels, finite],
    examine: () => overBlocks(all(), (block, coupling, to, from) => hermitianFault(block, all()[coupling]![from]![to]!, accuracy, coupling, to, from)),
  })
  const centred = law({
    name: '⟨B^α⟩_E is removed', code: 'mean', equation: 'Eq. 7', restsOn: [...restsOn, levels, finite],
    examine: () => overBlocks(all(), (block, coupling, to, from) => meanFault(block, accuracy, coupling, to, from)),
  })
  const real = law({
    name: 'is real where it says so', code: 'real', restsOn: [...restsOn, levels, finite],
    examine: () => {
      const realised = microscopic()
      if (realised.kind !== 'spectral' || !realised.real) return []
      return overBlocks(all(), (block, coupling, to, from) => (block.written && block.planes.im.some((x) => x !== 0)
        ? { must: 'have real coupling operators where it says that they are', but: `${where(coupling, to, from)} has an imaginary part` } : null))
    },
  })
  const squares = law({
    name: 'mean squares are those of the blocks', code: 'mean-square', restsOn: [...restsOn, levels, finite],
    examine: () => {
      const realised = microscopic()
      return realised.kind === 'spectral' ? overBlocks(all(), (block, coupling, to, from) => squareFault(realised, block, accuracy, coupling, to, from)) : []
    },
  })
  const repeats = law({
    name: 'same seed, same realisation', code: 'same-realisation', restsOn: [...restsOn, levels, finite],
    examine: () => {
      const first = microscopic()
      for (const again of [realise(bath()), realise(factory())]) {
        if (first.kind !== again.kind) return [{ must: 'give the same realisation at every call', but: 'gives another kind' }]
        if (first.kind !== 'spectral' || again.kind !== 'spectral') continue
        const others = blocksOf(bath(), again)
        const equal = same(first.levels as Float64Array, again.levels as Float64Array)
          && overBlocks(all(), ({ planes }, coupling, to, from) => {
            const other = others[coupling]![to]![from]!.planes
            return same(planes.re, other.re) && same(planes.im, other.im) ? null : { must: '', but: '' }
          }).length === 0
        if (!equal) return [{ must: 'give the same levels and blocks, bit for bit, at every call', but: 'gives others' }]
      }
      if (first.kind !== 'spectral') return []
      return overBlocks(all(), (block, coupling, to, from) => {
        const { written, planes } = readInParts(first, block, coupling, to, from)
        const equal = written === block.written && same(block.planes.re, planes.re) && same(block.planes.im, planes.im)
        return equal ? null : { must: 'give the same blocks, bit for bit, in parts', but: `gives another ${where(coupling, to, from)}` }
      })
    },
  })
  const belongs = law({
    name: 'a realisation belongs to its ensemble', code: 'ensemble', equation: 'Eq. 26', restsOn: [...restsOn, levels, finite],
    examine: () => overBlocks(all(), (block, coupling, to, from) => ensembleFault(bath(), block, coupling, to, from)),
  })
  return [levels, finite, hermitian, centred, real, squares, repeats, belongs]
}
