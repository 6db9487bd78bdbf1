// Turns change notes into change logs and raises the version, in every place that states it.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packages, root } from './lib/workspace.mjs'

/** Places beside each package.json that state a version: [path, what it says, what it must say]. */
export const statedVersions = () => {
  const all = packages()
  const version = all[0].manifest.version
  const constants = all.map((each) => ({ path: join(each.folder, 'src/version.ts'), pattern: /(VERSION = ')([^']+)(')/, version: each.manifest.version }))
  return [
    ...constants,
    { path: join(root, 'CITATION.cff'), pattern: /^(version: )(\S+)()$/m, version },
    { path: join(root, 'docs/versioning.md'), pattern: /("@mesobath\/cli": ")([^"]+)(")/, version },
  ]
    .flatMap((each) => {
      const said = each.pattern.exec(readText(each.path))?.[2]
      return said === undefined ? [] : [{ ...each, said }]
    })
}

const readText = (path) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules/@changesets/cli/bin.js'), 'version'], { cwd: root, stdio: 'inherit' })
  if (status === 0) {
    for (const { path, pattern, version } of statedVersions()) writeFileSync(path, readText(path).replace(pattern, `$1${version}$3`))
  }
  process.exitCode = status ?? 1
}
