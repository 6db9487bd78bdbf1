import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url))

// Tests run against the sources: no build stands between an edit and its test. Subpaths first, they are the longer match.
const packages = readdirSync(`${root}packages`).filter((name) => existsSync(`${root}packages/${name}/package.json`))
const alias = packages.flatMap((name) => [
  { find: new RegExp(`^@mesobath/${name}/node$`), replacement: `${root}packages/${name}/src/node/index.ts` },
  { find: new RegExp(`^@mesobath/${name}$`), replacement: `${root}packages/${name}/src/index.ts` },
])

export default defineConfig({
  resolve: { alias },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    // Processes, not threads: the command's tests change folders and catch signals.
    pool: 'forks',
    // More workers than cores would make the tests that measure time measure each other.
    maxWorkers: 2,
    // A guard against hanging, not a measure of speed: a shared machine may be several times slower than two free cores.
    testTimeout: 180_000,
    // A test that holds nothing is a mistake, and so is one left running alone.
    passWithNoTests: false,
    allowOnly: false,
  },
})
