// A problem that is checked, with every fault at once.
import { checkProblem } from '@mesobath/solve'

type Problem = Parameters<typeof checkProblem>[0]

const problem: Problem = {
  energies: Float64Array.of(0, 1), baths: [],
  initial: { kind: 'product', system: { rows: 2, columns: 2, re: Float64Array.of(0.5, 0, 0, 0), im: null }, baths: [] },
  times: Float64Array.of(0, 2, 1), drive: null,
}
const found = checkProblem(problem)
if (found._tag === 'Right') throw new Error('times that do not ascend and a trace of one half were accepted')
const paths: readonly string[] = found.left.map(({ path }) => path.join('.'))
if (!paths.some((path) => path.startsWith('times')) || !paths.some((path) => path.startsWith('initial'))) throw new Error(`of all faults only ${paths.join(', ')} were told`)
