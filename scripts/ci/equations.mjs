import { checkThat, startNode } from './check.mjs'

export const run = async () => [checkThat('docs/equations.md is complete and up to date', await startNode('scripts/equations.mjs', ['--check']))]
