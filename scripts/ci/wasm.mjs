// The committed WebAssembly is what its source compiles to.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../lib/workspace.mjs'
import { checkThat, skipped, startNode } from './check.mjs'

const SCRIPT = 'packages/kernels/scripts/build-wasm.mjs'
const NAME = 'committed WebAssembly matches its source'

export const run = async () => (existsSync(join(root, SCRIPT))
  ? [checkThat(NAME, await startNode(SCRIPT, ['--check']))]
  : [skipped(NAME, `there is no ${SCRIPT}`)])
