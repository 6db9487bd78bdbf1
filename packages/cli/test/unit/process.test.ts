import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder, writeScenario } from '../fixtures/run-here.js'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

let folder = ''

beforeEach(async () => {
  folder = await temporaryFolder()
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** Runs the built command as a process; `onError` sees what has come over stderr so far and may interrupt it, once. */
const runProcess = (argv: readonly string[], onError: (text: string, kill: () => void) => void = () => undefined) =>
  new Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...argv], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let err = ''
    let asked = false
    child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString() })
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString()
      onError(err, () => {
        if (!asked) child.kill('SIGINT')
        asked = true
      })
    })
    child.on('error', reject)
    child.on('close', (code) => { resolve({ code, out, err }) })
  })

// Built by `tsc -b`, which the set-up of `npm test` runs.
describe.runIf(existsSync(BIN))('the built command, as a process', () => {
  it('runs a scenario with exit code 0 and plain lines of progress', async () => {
    const file = await writeScenario(folder, ['volume: 20', 'volume: 10'], ['volume: 30', 'volume: 10'])
    const { code, out, err } = await runProcess(['run', file])
    expect(code, err).toBe(0)
    expect(out).toContain('finite-time-redfield')
    expect(err).not.toContain('\u001b')
    expect(await readdir(join(folder, 'out', 'small'))).toContain('run.h5')
  })

  it('refuses bad input with exit code 2', async () => {
    const file = await writeScenario(folder, ['volume: 20', 'volume: 0'])
    expect(await runProcess(['run', file])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('but is 0') })
  })

  it('stops on Ctrl-C with exit code 130 and leaves finished files only', async () => {
    // Long enough that the first line of progress comes well before the end.
    const file = await writeScenario(folder, ['volume: 20', 'volume: 200'], ['volume: 30', 'volume: 300'], ['to: 12, points: 13', 'to: 2000, points: 2001'])
    await mkdir(join(folder, 'results'))
    const { code, out, err } = await runProcess(['run', file, '--out', 'results'], (text, kill) => { if (text.includes('%')) kill() })
    expect(code, err).toBe(130)
    expect(out).toBe('')
    expect(err).toContain('interrupted')
    expect(await readdir(join(folder, 'results'))).toEqual([])
  })
})
