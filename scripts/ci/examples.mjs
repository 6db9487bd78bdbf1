// Every example in plain Node, as its reader would start it. What one needs beyond Node stands in its package.json
// ("mesobath": { "needs": ["python3"] }); where that is missing the example is skipped with the reason.
import { examples } from '../lib/workspace.mjs'
import { checkThat, failed, skipped, start } from './check.mjs'

const LIMIT_SECONDS = 180

const runExample = async ({ name, folder, manifest }) => {
  const title = `examples/${name}`
  if (manifest.scripts?.start === undefined) return failed(title, 'its package.json has no "start" script')
  for (const program of manifest.mesobath?.needs ?? []) {
    if ((await start(program, ['--version'])).status !== 0) return skipped(title, `needs ${program}, which is not installed`)
  }
  const result = await start('npm', ['start', '--silent'], { cwd: folder, seconds: LIMIT_SECONDS })
  return checkThat(`${title} (${result.seconds.toFixed(1)} s)`, result)
}

export const run = async () => {
  const all = examples()
  if (all.length === 0) return [failed('examples', 'there is none')]
  const checks = []
  for (const example of all) checks.push(await runExample(example))
  return checks
}
