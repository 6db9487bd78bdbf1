// A check of a CI stage, and how stages start programs.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../lib/workspace.mjs'

export const passed = (name) => ({ name, status: 'passed' })
export const failed = (name, detail) => ({ name, status: 'failed', detail })
export const skipped = (name, detail) => ({ name, status: 'skipped', detail })

/** Ends of long outputs are what explains a failure. */
const TAIL = 6000

export const tail = (text) => (text.length > TAIL ? `…${text.slice(-TAIL)}` : text)

export const PNPM = 'pnpm@10.34.9'

/** Whole process groups end at the time limit: an example may have started workers or Python. */
const stop = (child) => {
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL')
  } catch { /* it had ended already */ }
}

/** Runs a program to its end or to its time limit; never throws. `output` is standard output and standard error as they came. */
export const start = (command, args, { cwd = root, seconds = 600, env = {} } = {}) => new Promise((resolve) => {
  const began = performance.now()
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, detached: process.platform !== 'win32', stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let stdout = ''
  let late = false
  const timer = setTimeout(() => { late = true; stop(child) }, 1000 * seconds)
  child.stdout.setEncoding('utf8').on('data', (text) => { output += text; stdout += text })
  child.stderr.setEncoding('utf8').on('data', (text) => { output += text })
  const end = (status, note) => {
    clearTimeout(timer)
    resolve({ status, stdout, output: `${output}${note}`, seconds: (performance.now() - began) / 1000 })
  }
  child.on('error', (error) => end(127, error.message))
  child.on('close', (code) => end(late ? 124 : code ?? 1, late ? `\nstopped at its time limit of ${seconds} s` : ''))
})

/** Node on a script of this repository or of its dependencies. */
export const startNode = (script, args = [], options = {}) => start(process.execPath, [join(root, script), ...args], options)

/** One check that passes when the program ends with 0. */
export const checkThat = (name, { status, output }) => (status === 0 ? passed(name) : failed(name, tail(output) || `exit code ${status}`))

/** Where a program named in node_modules/.bin of the root really lives; the shims there are shell scripts. */
export const TSC = 'node_modules/typescript/lib/tsc.js'

/** An interpreter that has certain modules, or null. */
export const findPython = async (modules = ['numpy', 'h5py']) => {
  for (const program of [process.env.PYTHON, 'python3', '/usr/bin/python3']) {
    if (program !== undefined && (await start(program, ['-c', `import ${modules.join(', ')}`])).status === 0) return program
  }
  return null
}
