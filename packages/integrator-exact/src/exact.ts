import { CONTRACT, fail, failIfAny, issue, PAPER, succeed } from '@mesobath/contracts'
import type { Algorithm, BathState, Cancellation, Citation, Estimate, Frame, Host, Identity, Issue, Json, Outcome, Problem, Stepper } from '@mesobath/contracts'
import { defaultBackend, quickenNormals, ThreadLost } from '@mesobath/kernels'
import { strengthsOfEnsembles } from './internal/block-strength.js'
import type { BlockStrength } from './internal/block-strength.js'
import { releaseState, initialState } from './internal/evolution.js'
import type { State } from './internal/evolution.js'
import { ExactStepper } from './internal/exact-stepper.js'
import { initialColumns } from './internal/initial-columns.js'
import type { InitialColumns } from './internal/initial-columns.js'
import { BlockFault } from './internal/matrices.js'
import { correlationBytes, correlationMeter, globalEntropy } from './internal/mutual-information.js'
import { localCase } from './internal/local/local-case.js'
import { estimateLocal, prepareLocal } from './internal/local/local-run.js'
import { longMixture } from './internal/long-mixture.js'
import { microscopicModel } from './internal/microscopic-model.js'
import type { BathModelByLevels, MicroscopicModel } from './internal/microscopic-model.js'
import { CANCELLED, makePace } from './internal/pace.js'
import { vectorsFor } from './internal/pilot.js'
import type { Sampling } from './internal/random-columns.js'
import { checkDrive } from './internal/segment-series.js'
import { estimateRun, isRealStart, sizeRun } from './internal/sizing.js'
import type { Abilities, Sizing, Workspace } from './internal/sizing.js'
import { guardedBackend, openWorkshop, OutOfMemory } from './internal/workshop.js'
import type { OwnedWorkshop } from './internal/workshop.js'
import { VERSION } from './version.js'

/** Options of {@link exact}. */
export interface ExactOptions {
  /**
   * Bytes for Chebyshev blocks kept at once, 256 MiB unless told: less means narrower batches of columns and shorter stretches of time. Where told it is
   * the most that the eigenbasis may take, too, 1 GiB otherwise.
   */
  readonly workspace?: number
  /**
   * Whether samples carry `systemBathMutualInformation`, I^{S:B} (Eq. 40): all of them, or those of every n-th output time, counted from
   * the first; NaN elsewhere. Each costs the spectrum of a matrix as large as the bath or as the rank of its state.
   */
  readonly mutualInformation?: boolean | { readonly every: number }
  /**
   * Random vectors in place of the mixture of initial levels (typicality), and their seed (0 unless told). A bath of local terms is always
   * sampled, by 1 vector unless told; baths by levels where this is given, by 16 unless told, or by as many as leave `targetError` as the
   * standard error of every probability, which a pilot of few vectors finds. The mixture itself is moved at every size unless this is given; `estimate` advises where
   * it would take more than a minute.
   */
  readonly sampling?: { readonly vectors?: number; readonly seed?: number; readonly targetError?: number }
}

/** Room for Chebyshev blocks: a few hundred columns of a thousand rows, as wide as products run at full speed. */
const WORKSPACE = 256 * 1024 * 1024
/** An eigenbasis and what is read off it may take more: where it is the cheaper way it is so by far. */
const EIGENBASIS = 1024 * 1024 * 1024
/** Of a memory limit at most this share goes to either; matrices and states need the rest. */
const WORKSPACE_SHARE = 0.5

/** Share of the tolerance that a truncated series may use: terms are cheap, and splits of a run then agree to rounding. */
const SERIES_SHARE = 1e-2
const SERIES_LEAST = 1e-15
const SERIES_MOST = 1e-12
/** Random vectors err by far more, and two runs of them need not agree to rounding. */
const SAMPLED_SERIES_SHARE = 0.1
const SAMPLED_SERIES_MOST = 1e-4

const CHEBYSHEV: Citation = {
  key: 'TalEzer1984',
  bibtex: `@article{TalEzer1984,
  author = {Tal-Ezer, Hillel and Kosloff, Ronnie},
  title = {An accurate and efficient scheme for propagating the time dependent Schr{\\"o}dinger equation},
  journal = {The Journal of Chemical Physics},
  volume = {81},
  pages = {3967},
  year = {1984},
  doi = {10.1063/1.448136}
}`,
}

const seriesTolerance = (tolerance: number, share = SERIES_SHARE, most = SERIES_MOST): number => Math.min(most, Math.max(SERIES_LEAST, tolerance * share))

/** That of a run of random vectors, or of the mixture itself. */
const levelsTolerance = (tolerance: number, sampled: boolean): number =>
  sampled ? seriesTolerance(tolerance, SAMPLED_SERIES_SHARE, SAMPLED_SERIES_MOST) : seriesTolerance(tolerance)

/** Every how many output times, null for every sample, undefined where not asked for. */
const scheduleOf = ({ mutualInformation }: ExactOptions): number | null | undefined => {
  if (mutualInformation === undefined || mutualInformation === false) return undefined
  return mutualInformation === true ? null : mutualInformation.every
}

/** Whether a window's levels carry one weight: rounding of a weight given per level. */
const EVEN = 1e-12

/** Whether every window of a bath is evenly filled. */
const isEven = (part: BathModelByLevels, state: BathState): boolean => {
  if (state.kind === 'windows') return true
  const { levels, window } = part.bath
  const least = new Float64Array(part.levels.length).fill(Infinity)
  const most = new Float64Array(part.levels.length).fill(-Infinity)
  for (let i = 0; i < levels.length; i++) {
    // The spread of β E_i is that of the logarithm of the weight.
    const value = state.kind === 'levels' ? state.weights[i]! : state.inverseTemperature * levels[i]!
    least[window[i]!] = Math.min(least[window[i]!]!, value)
    most[window[i]!] = Math.max(most[window[i]!]!, value)
  }
  return least.every((value, at) => !(most[at]! - value > EVEN * (state.kind === 'levels' ? most[at]! : 1)))
}

/** Whether Pρ(0) = ρ(0). */
const startsEvenly = (model: MicroscopicModel, { initial }: Problem): boolean =>
  initial.kind === 'conditional' || model.baths.every((part, at) => isEven(part, initial.baths[at]!))

/** The tolerance an estimate is made for unless told: the one that runs have. */
const USUAL_TOLERANCE = 1e-10

/** Random vectors unless told; and those that a pilot takes. */
const VECTORS = 16
const PILOT_VECTORS = 8

/** As many vectors as levels say no more than the mixture does: then it is moved as a whole. */
const samplingWorthwhile = (sampling: Sampling, columns: InitialColumns): Sampling | null =>
  sampling.vectors * columns.factors.reduce((most, factor) => Math.max(most, factor.columns), 1) < columns.root.length ? sampling : null

/**
 * Vectors that leave an error of `target` for certain. For 0 ≤ A ≤ 1 and p = Σ_i w_i A_ii, random phases have the variance
 * Σ_{i≠j} w_i w_j |A_ij|² ≤ max(w) p (1 − p) ≤ max(w)/4 a vector, random signs twice that.
 */
const mostVectors = (columns: InitialColumns, target: number, real: boolean): number => {
  const root = columns.root.reduce((most, each) => Math.max(most, each), 0)
  return Math.max(2, Math.ceil((root * root) / ((real ? 2 : 4) * target * target)))
}

/** A state of more numbers fits into no memory: told before half of it has been filled. */
const MOST_NUMBERS = 4e9

const stateFault = ({ work, structure }: Sizing): Issue | null => {
  if (work.entries <= MOST_NUMBERS) return null
  const dimension = structure.components.reduce((sum, each) => sum + each.dimension, 0)
  return issue('integrator-exact/memory', ['initial'],
    `the state must have at most ${MOST_NUMBERS} numbers for exact evolution, but the mixture that \`initial\` asks for has ${work.entries} over ${dimension} joint levels; ` +
    'random vectors take its place with the option `sampling`')
}

const describe = (problem: Problem): Outcome<{ model: MicroscopicModel; columns: InitialColumns }> => {
  const model = microscopicModel(problem)
  if (model._tag === 'Left') return model
  const columns = initialColumns(model.right, problem)
  if (columns._tag === 'Left') return columns
  return succeed({ model: model.right, columns: columns.right })
}

/** Whether products may take an adjoint, as those of the backends that runs choose themselves do. */
const takesAdjoints = ({ backend }: Host): boolean => backend === undefined || backend.multiplyAs !== undefined

/** Whether commutators are worth it: not where a backend finds eigenvectors in a way of its own, and takes no commutators. */
const commutes = ({ backend }: Host): boolean => backend === undefined || backend.commute !== undefined || backend.diagonalise === undefined

const abilitiesOf = (host: Host): Abilities => ({ commutes: commutes(host), single: host.backend?.single !== undefined })

const ADAMS: Citation = {
  key: 'Hairer1993',
  bibtex: `@book{Hairer1993,
  author = {Hairer, Ernst and N{\\o}rsett, Syvert P. and Wanner, Gerhard},
  title = {Solving Ordinary Differential Equations I: Nonstiff Problems},
  edition = {2},
  publisher = {Springer},
  year = {1993},
  doi = {10.1007/978-3-540-78862-1}
}`,
}

/**
 * Exact unitary evolution of the system and its microscopic baths, one or several, for the whole mixture of initial bath levels.
 *
 * H = Σ_k ε_k |k⟩⟨k| + Σ_ν [Σ_i E_i |i⟩⟨i| + λ_ν Σ_α S_ν^α ⊗ B_int,ν^α] with B_int^α = B^α + Σ_E ⟨B^α⟩_E Π_E, from ρ_S(0) ⊗ (any mixture of
 * levels of each bath) or from the correlated Σ_E ρ_S(E; 0) ⊗ Π_E/V_E, E = (E₁ … Eₙ). Each B_ν acts along the axis of its own bath: no matrix
 * of the joint dimension is made. Only what the initial state reaches is propagated, by Chebyshev polynomials of H with
 * computed spectral bounds; all output times of a stretch come from the same polynomials.
 *
 * Baths must give `microscopic`, all of kind 'spectral' or all of kind 'local': those of local terms are moved matrix-free, from random vectors, by Chebyshev series and, along
 * smooth drives, by Taylor series in time. Of baths by levels: where ε_k(t) or λ_ν(t) moves smoothly, an Adams method of variable order
 * takes one product a step in the frame that turns with everything diagonal, and keeps to the tolerance. Samples carry p(ε_k, E; t), its rates,
 * ρ_S(E; t), and the scalars `work`, `power`, `norm`, `energy`, `interactionEnergy`, `bathEnergy/<label>`, `systemBathMutualInformation` where asked for; energies in the unit of ε_k, times
 * in its inverse. Where random vectors stand for the mixture, `samplingError` and `populationError/<k>/<E₁>/…` too, standard errors over the `samplingVectors`. `jointStates` of the estimate is the dimension of the largest component.
 *
 * Issues: `integrator-exact/no-bath`, `integrator-exact/missing-capability`, `integrator-exact/local-bath`, `integrator-exact/initial`,
 * `integrator-exact/state-not-positive`, `integrator-exact/memory`, `integrator-exact/workspace`, `integrator-exact/mutual-information`,
 * `integrator-exact/sampling`, `integrator-exact/local-levels`, `integrator-exact/local-filter`, `integrator-exact/thread-lost`, `integrator-exact/cancelled`,
 * `integrator-exact/not-finite`, `integrator-exact/not-hermitian`, `integrator-exact/beyond-run`, `integrator-exact/drive`, `integrator-exact/checkpoint`, and those of the bath's realisation.
 */
export const exact = (options: ExactOptions = {}): Algorithm => {
  const { mutualInformation, sampling } = options
  const recipe: Json = {
    ...(options.workspace === undefined ? {} : { workspace: options.workspace }),
    ...(sampling === undefined ? {} : { sampling: { ...sampling } }),
    ...(mutualInformation === undefined ? {} : { mutualInformation: typeof mutualInformation === 'boolean' ? mutualInformation : { every: mutualInformation.every } }),
  }
  const schedule = scheduleOf(options)
  const identity: Identity = {
    contract: CONTRACT,
    name: 'exact',
    package: '@mesobath/integrator-exact',
    version: VERSION,
    citations: [PAPER, CHEBYSHEV, ADAMS],
    recipe,
  }
  const workspaceOf = (host: Host): Outcome<Workspace> => {
    const { workspace } = options
    const issues: Issue[] = []
    if (workspace !== undefined && !(Number.isFinite(workspace) && workspace > 0)) {
      issues.push(issue('integrator-exact/workspace', ['workspace'], `\`workspace\` must be a positive number of bytes, but is ${workspace}`))
    }
    if (schedule !== undefined && schedule !== null && !(Number.isInteger(schedule) && schedule > 0)) {
      issues.push(issue('integrator-exact/mutual-information', ['mutualInformation', 'every'],
        `\`mutualInformation.every\` must be a positive integer, but is ${schedule}`))
    }
    const targetError = sampling?.targetError
    if (targetError !== undefined && !(targetError > 0 && targetError < 1)) {
      issues.push(issue('integrator-exact/sampling', ['sampling', 'targetError'], `\`sampling.targetError\` must lie between 0 and 1, but is ${targetError}`))
    }
    const most = host.memoryLimit === undefined ? Infinity : WORKSPACE_SHARE * host.memoryLimit
    return failIfAny(issues, () => ({ polynomials: Math.min(workspace ?? WORKSPACE, most), eigenbasis: Math.min(workspace ?? EIGENBASIS, most) }))
  }

  /** What is asked of baths by levels; null where the mixture is moved as a whole. */
  const samplingOf = (columns: InitialColumns): Outcome<Sampling | null> => {
    if (sampling === undefined) return succeed(null)
    const { seed = 0, targetError } = sampling
    const vectors = sampling.vectors ?? (targetError === undefined ? VECTORS : PILOT_VECTORS)
    const issues: Issue[] = []
    if (vectors < 2) {
      issues.push(issue('integrator-exact/sampling', ['sampling', 'vectors'],
        `\`sampling.vectors\` must be 2 or more for baths by levels, so that their spread tells the error, but is ${vectors}`))
    }
    if (schedule !== undefined) {
      issues.push(issue('integrator-exact/mutual-information', ['mutualInformation'],
        '`mutualInformation` must be left out where the mixture is sampled, whose entropy the vectors do not have, but is asked for'))
    }
    return failIfAny(issues, () => samplingWorthwhile({ vectors, seed }, columns))
  }

  /** What an estimate has looked up, for the run that follows it: blocks that no ensemble tells of are read once. */
  const looked = new WeakMap<Problem, BlockStrength>()

  const estimate = (problem: Problem, host: Host, tolerance = USUAL_TOLERANCE): Outcome<Estimate> => {
    const workspace = workspaceOf(host)
    if (workspace._tag === 'Left') return workspace
    const local = localCase(problem, options)
    if (local._tag === 'Left') return local
    if (local.right !== null) return estimateLocal(problem, local.right, seriesTolerance(tolerance))
    const described = describe(problem)
    if (described._tag === 'Left') return described
    const { model, columns } = described.right
    const strength = strengthsOfEnsembles(model, problem.baths.map(({ bath }) => bath))
    looked.set(problem, strength)
    const asked = samplingOf(columns)
    if (asked._tag === 'Left') return asked
    const drawn = asked.right === null || sampling?.targetError === undefined ? asked.right
      : samplingWorthwhile({ ...asked.right, vectors: mostVectors(columns, sampling.targetError, model.real && isRealStart(columns)) }, columns)
    const size = (by: Sampling | null, share: number): Sizing =>
      sizeRun(model, columns, strength, problem, workspace.right, share, by, abilitiesOf(host))
    const share = levelsTolerance(tolerance, asked.right !== null)
    const sizing = size(drawn, share)
    const fault = stateFault(sizing)
    if (fault !== null) return fail(fault)
    const correlation = schedule === undefined ? null : { every: schedule ?? 1, bytes: correlationBytes({ model, ...sizing }, takesAdjoints(host)) }
    const cost = (sized: Sizing, own: number): Estimate => estimateRun(model, problem, strength, sized, isRealStart(columns), takesAdjoints(host), own, correlation)
    const whole = cost(sizing, share)
    if (sizing.vectors > 1) return succeed(whole)
    const instead = schedule === undefined ? samplingWorthwhile({ vectors: VECTORS, seed: 0 }, columns) : null
    const loose = levelsTolerance(tolerance, true)
    const sampled = instead === null ? null : cost(size(instead, loose), loose).operations
    const advice = longMixture(columns.root.length, whole.operations, VECTORS, sampled)
    return succeed(advice === null ? whole : { ...whole, advice })
  }

  const prepare = async (problem: Problem, host: Host, tolerance: number, signal?: Cancellation): Promise<Outcome<Stepper>> => {
    const workspace = workspaceOf(host)
    if (workspace._tag === 'Left') return workspace
    const local = localCase(problem, options)
    if (local._tag === 'Left') return local
    const followed = checkDrive(problem)
    if (followed._tag === 'Left') return followed
    if (local.right !== null) return prepareLocal(problem, host, local.right, { series: seriesTolerance(tolerance), run: tolerance }, identity, signal)
    // Blocks of baths that are drawn are as many numbers as there are in H.
    quickenNormals()
    const described = describe(problem)
    if (described._tag === 'Left') return described
    const { model, columns } = described.right
    const asked = samplingOf(columns)
    if (asked._tag === 'Left') return asked
    const strength = looked.get(problem) ?? strengthsOfEnsembles(model, problem.baths.map(({ bath }) => bath))
    looked.delete(problem)
    const backend = guardedBackend(host.backend ?? defaultBackend(host.threads === undefined ? {} : { threads: host.threads }))
    const share = levelsTolerance(tolerance, asked.right !== null)
    const open = async (part: Problem, drawn: Sampling | null): Promise<Outcome<Stepper>> => {
      const sizing = sizeRun(model, columns, strength, part, workspace.right, share, drawn, abilitiesOf({ ...host, backend }))
      const fault = stateFault(sizing)
      if (fault !== null) return fail(fault)
      let shop: OwnedWorkshop | null = null
      let state: State = []
      const close = (): void => {
        releaseState(backend, state)
        shop?.dispose()
      }
      try {
        const pace = makePace(host, signal)
        shop = await openWorkshop(model, backend, sizing, pace)
        if (shop === null) return fail(CANCELLED)
        state = initialState(model, backend, sizing.structure, sizing.batches, columns, sizing.vectors)
        if (!(await pace.breathe())) {
          close()
          return fail(CANCELLED)
        }
        const frame: Frame = {
          dimension: model.dimension, baths: problem.baths.map(({ label, bath }) => ({ label, windows: bath.windows })), algorithm: identity,
          rates: problem.baths.map(() => null), backend: backend.id,
          ...(startsEvenly(model, problem) ? { guarantees: ['even-windows'] as const } : {}),
        }
        const correlation = schedule === undefined ? null : { meter: correlationMeter(shop, globalEntropy(columns)), every: schedule }
        const stepper = await ExactStepper.begin({
          problem: part, host, frame, shop, sizing, state, tolerance: share, accuracy: tolerance, correlation, targetError: sampling?.targetError ?? null,
        }, pace)
        if (stepper !== null) return succeed(stepper)
        close()
        return fail(CANCELLED)
      } catch (fault) {
        close()
        if (fault instanceof ThreadLost) return fail(issue('integrator-exact/thread-lost', [], `all threads must live until the run ends, but ${fault.message}`))
        if (fault instanceof BlockFault) {
          const { bath: { name, package: home, version } } = problem.baths[fault.bath]!
          return fail(issue(`integrator-exact/${fault.code}`, ['baths', fault.bath, 'bath'],
            `\`baths[${fault.bath}].bath\` must give ${fault.code === 'not-finite' ? 'finite' : 'Hermitian'} coupling operators, but of "${name}" (${home} ${version}) ${fault.message}`))
        }
        if (fault instanceof OutOfMemory) {
          return fail(issue('integrator-exact/memory', [], `the run must fit into the memory of the backend "${backend.id}", but ${fault.message}`))
        }
        throw fault
      }
    }
    const drawn = asked.right
    if (drawn === null || sampling?.targetError === undefined) return open(problem, drawn)
    const most = mostVectors(columns, sampling.targetError, model.real && isRealStart(columns))
    // A pilot of as many as are enough for certain would find out nothing.
    if (most <= drawn.vectors) return open(problem, { ...drawn, vectors: most })
    const enough = await vectorsFor((part, vectors) => open(part, { ...drawn, vectors }), problem, drawn.vectors, most, sampling.targetError, signal)
    if (enough._tag === 'Left') return enough
    return open(problem, samplingWorthwhile({ ...drawn, vectors: enough.right }, columns))
  }

  return { ...identity, needs: ['microscopic'], estimate, prepare }
}
