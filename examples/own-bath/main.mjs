// Makes the bath, runs every method on it as `mesobath run scenario.yaml --out out/run` does, and says how well each did.
import { readFileSync } from 'node:fs'
import { runCli } from '@mesobath/cli'
import './make-bath.mjs'

const code = await runCli(['run', 'scenario.yaml', '--out', 'out/run'],
  { stdout: process.stdout, stderr: process.stderr, signal: new AbortController().signal, folder: process.cwd() })
if (code === 0) {
  const { methods } = JSON.parse(readFileSync('out/run/summary.json', 'utf8'))
  console.log('\nlargest deviation from exact, of p(ε₁, E₀):')
  for (const [name, { largestDeviation, plateau }] of Object.entries(methods)) {
    console.log(`  ${name.padEnd(22)} ${largestDeviation?.toFixed(3) ?? '–'}   plateau ${plateau.toFixed(3)}`)
  }
}
process.exitCode = code
