export { fail, failIfAny, issue, orThrow, succeed } from './outcome.js'
export type { Failure, Issue, Issues, Outcome, Success } from './outcome.js'
export type { ComplexMatrix, Json, Planes, Vector } from './data.js'
export { CONTRACT } from './identity.js'
export { PAPER } from './paper.js'
export type { Citation, Identity } from './identity.js'
export type {
  BathCapabilities, BathModel, BlockReader, Capability, CouplingEnsemble, CouplingSums, LocalBath, LocalTerm, MicroscopicBath, SpectralBath, SpectralFunction,
  WindowFilter, Windows,
} from './bath.js'
export type { LineShape, PairRequest, RateModel, TransformRequest, TransformWriter, WindowCorrelation } from './rates.js'
export type { Attachment, BathState, InitialState, Problem } from './problem.js'
export { constantDrive } from './drive.js'
export type { Drive, Segment } from './drive.js'
export type { Cancellation, CommutatorStep, DenseBackend, Host, ProductForm, Rows, SingleNumbers, SinglePrecision, Thread, Threads } from './host.js'
export type { Algorithm, Estimate, Finding, Frame, Guarantee, Sample, Side, Status, Stepper } from './algorithm.js'
export type { Observer, Observers, Progress, Save, SolveOptions, Trajectory } from './trajectory.js'
export type { Catalogue, Entry, Plugin, Resources, StoredBath } from './catalogue.js'
