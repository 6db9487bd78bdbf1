#!/usr/bin/env node
import { INTERRUPTED } from './io.js'
import { runCli } from './run-cli.js'

const controller = new AbortController()
const interrupt = async (): Promise<void> => {
  if (!controller.signal.aborted) {
    controller.abort()
    return
  }
  // Asked twice: end at once, but leave no half-written file behind.
  const { discardTemporaryFiles } = await import('@mesobath/results/node')
  discardTemporaryFiles()
  process.exit(INTERRUPTED)
}
process.on('SIGINT', () => { void interrupt() })
process.on('SIGTERM', () => { void interrupt() })
// A reader that has seen enough (`mesobath schema | head`) is no error.
process.stdout.on('error', (cause: NodeJS.ErrnoException) => { process.exit(cause.code === 'EPIPE' ? 0 : 1) })

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout, stderr: process.stderr, signal: controller.signal, folder: process.cwd(),
})
