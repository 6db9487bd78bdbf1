// The packages as they are published, and the tests against their sources.
import { TSC, checkThat, startNode } from './check.mjs'

export const run = async () => [
  checkThat('tsc -b', await startNode(TSC, ['-b'])),
  checkThat('types of all tests (tsconfig.test.json)', await startNode(TSC, ['-p', 'tsconfig.test.json'])),
]
