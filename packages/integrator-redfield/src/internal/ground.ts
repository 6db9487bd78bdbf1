import { fail, succeed } from '@mesobath/contracts'
import type { Finding, Outcome, Problem } from '@mesobath/contracts'
import { initialConditional, prepareBaths, validityAlong, windowLattice } from '@mesobath/composition'
import type { InitialConditional, Lattice, PreparedBath, RateChoice, Setting } from '@mesobath/composition'
import type { Parts } from '@mesobath/kernels'
import { surveyCourse } from './course.js'
import type { Course } from './course.js'
import { diagonals } from './diagonals.js'

/** What both methods read from a problem before they differ. */
export interface Ground {
  readonly lattice: Lattice
  readonly baths: readonly PreparedBath[]
  readonly initial: InitialConditional
  readonly course: Course
  /** From the time at which memory begins to the end of the run. */
  readonly reach: number
}

/** Settings that are judged: a report costs as much as a generator, and a train of thousands of quenches repeats itself. */
const MOST_REPORTS = 100

/** Prepares baths and initial state and surveys the drive; faults of all three together. */
export function* prepareGround(problem: Problem, rates: RateChoice): Parts<Outcome<Ground>> {
  const baths = prepareBaths(problem, rates)
  yield
  const initial = initialConditional(problem)
  const memoryStart = initial._tag === 'Right' ? initial.right.memoryStart : problem.times[0]
  const course = surveyCourse(problem, memoryStart)
  if (baths._tag === 'Left' || initial._tag === 'Left' || course._tag === 'Left') {
    const [first, ...rest] = [baths, initial, course].flatMap((outcome) => (outcome._tag === 'Left' ? outcome.left : []))
    return fail(first, ...rest)
  }
  return succeed({
    lattice: windowLattice(problem), baths: baths.right, initial: initial.right, course: course.right,
    reach: problem.times[problem.times.length - 1] - memoryStart,
  })
}

/** When to trust a finite-time run: the worst of its settings, evenly picked where there are very many. */
export function* groundFindings({ lattice, baths, initial, course, reach }: Ground, secular: boolean): Parts<readonly Finding[]> {
  const populations = new Float64Array(lattice.dimension * lattice.size)
  diagonals(initial.states.re, lattice.dimension, lattice.size, populations)
  const stride = Math.max(1, Math.ceil((course.settings.length + course.passing.length) / MOST_REPORTS))
  const picked = (settings: readonly Setting[]): readonly Setting[] => settings.filter((_, i) => i % stride === 0)
  const validity = yield* validityAlong({ lattice, baths, duration: reach, populations, finiteTime: true, secular }, picked(course.settings), picked(course.passing))
  return [...validity, ...initial.findings]
}
