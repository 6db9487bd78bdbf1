// Builds the documentation site into out/docs: typedoc writes the reference as pages, VitePress makes one site of all.
//
// usage: node scripts/docs.mjs            `npm run docs`
//        node scripts/docs.mjs --serve    and serves it
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './lib/workspace.mjs'

const node = (script, ...args) => {
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

rmSync(join(root, 'docs/api'), { recursive: true, force: true })
node('node_modules/typedoc/bin/typedoc', '--logLevel', 'Warn')
node('node_modules/vitepress/bin/vitepress.js', 'build', 'docs')
if (process.argv.includes('--serve')) node('node_modules/vitepress/bin/vitepress.js', 'preview', 'docs')
