import { checkThat, startNode } from './check.mjs'

export const run = async () => [
  checkThat('eslint, warnings are errors', await startNode('node_modules/eslint/bin/eslint.js', ['.', '--max-warnings', '0'])),
]
