// What a release would find: interface reports that match the sources, one version in every place, packages that publish.
import { apiReports } from '../api-reports.mjs'
import { local } from '../lib/workspace.mjs'
import { statedVersions } from '../version.mjs'
import { PNPM, checkThat, failed, passed, start } from './check.mjs'

export const run = async () => {
  const reports = apiReports(false).map(({ name, changed, faults }) => (faults.length > 0 || changed
    ? failed(`interface report of ${name}`, [...faults, ...(changed ? ['does not match the sources: run `npm run interfaces` and look at what it changes'] : [])].join('\n'))
    : passed(`interface report of ${name}`)))
  const wrong = statedVersions().filter(({ said, version }) => said !== version)
  const versions = 'every place states the same version'
  return [
    ...reports,
    wrong.length === 0 ? passed(versions) : failed(versions, wrong.map(({ path, said, version }) => `${local(path)} says ${said}, but must say ${version}`).join('\n')),
    checkThat('all packages would publish', await start('npx', ['-y', PNPM, '-r', '--filter', './packages/*', 'publish', '--dry-run', '--no-git-checks', '--access', 'public'])),
  ]
}
