// The committed WebAssembly is what its source compiles to.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../lib/workspace.mjs'
import { checkThat, skipped, startNode } from './check.mjs'

const SCRIPTS = ['build-wasm.mjs', 'build-single-wasm.mjs'].map((name) => `packages/kernels/scripts/${name}`)
const NAME = 'committed WebAssembly matches its source'

export const run = async () => Promise.all(SCRIPTS.map(async (script) => (existsSync(join(root, script))
  ? checkThat(`${NAME} (${script})`, await startNode(script, ['--check']))
  : skipped(NAME, `there is no ${script}`))))
