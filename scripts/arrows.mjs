// The only arrows allowed between packages. The linter and the boundary check both read this table; a new arrow needs a
// decision note in docs/decisions/.

const numbers = ['contracts', 'kernels']
const masterEquation = ['contracts', 'kernels', 'composition']

/** Package → packages it may import. */
export const ARROWS = {
  contracts: [],
  kernels: ['contracts'],
  baths: numbers,
  drives: ['contracts'],
  thermodynamics: numbers,
  'rates-heuristic': numbers,
  'rates-rmt': numbers,
  'rates-eth': numbers,
  'rates-microscopic': numbers,
  composition: numbers,
  'integrator-markov': masterEquation,
  'integrator-redfield': masterEquation,
  'integrator-bms': masterEquation,
  'integrator-exact': numbers,
  solve: ['contracts'],
  scenario: ['contracts'],
  results: ['contracts'],
  figures: ['contracts'],
  conformance: ['contracts'],
  'backend-node': numbers,
  'backend-browser': numbers,
}
// The command puts the first-party catalogue together: it alone may import everything.
ARROWS.cli = Object.keys(ARROWS)

/**
 * Folders that may use Node. Everything else under packages/<name>/src is numerical: no Node, no DOM, the same bits on every engine. backend-browser keeps
 * these rules too: what a page has it looks up in globalThis, since any of it may be missing.
 */
export const NODE_FOLDERS = ['packages/results/src/node', 'packages/figures/src/node', 'packages/backend-node/src', 'packages/cli/src']

/** The kit judges within tolerances by an oracle of its own, from the contracts alone: its numbers need not be the same bits on every engine. */
export const ENGINE_MATH_FOLDERS = ['packages/conformance/src']

/** The only members of Math that give the same bits on every engine: exact functions and constants. */
export const EXACT_MATH = [
  'sqrt', 'abs', 'min', 'max', 'floor', 'ceil', 'round', 'sign', 'trunc', 'fround', 'imul', 'clz32', 'PI', 'E', 'LN2', 'LN10', 'SQRT2', 'SQRT1_2',
]

/** What an oracle under test/oracles/ must not import: an oracle that shares code with what it checks proves nothing. */
export const FORBIDDEN_TO_ORACLES = Object.keys(ARROWS).filter((name) => /^(kernels|composition|rates-|integrator-)/.test(name))

/** Globals of Node and of browsers that numerical code must not know. */
export const HOST_GLOBALS = [
  'process', 'Buffer', 'require', 'module', '__dirname', '__filename', 'global', 'setImmediate', 'setTimeout', 'setInterval', 'queueMicrotask',
  'window', 'document', 'navigator', 'self', 'localStorage', 'fetch', 'Worker', 'MessageChannel', 'performance', 'Date', 'console',
]

/** Whether a path relative to the root, with forward slashes, is numerical source. */
export const isNumerical = (path) => /^packages\/[^/]+\/src\//.test(path) && !NODE_FOLDERS.some((folder) => path.startsWith(`${folder}/`))

/** Whether numerical source at this path must give the same bits on every engine. */
export const isReproducible = (path) => isNumerical(path) && !ENGINE_MATH_FOLDERS.some((folder) => path.startsWith(`${folder}/`))
