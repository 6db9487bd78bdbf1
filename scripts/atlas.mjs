// Computes every figure of the paper into out/atlas, then renews docs/atlas.md and its pictures from what came out.
// `npm run atlas -- --reduced` computes smaller figures and leaves the documents alone.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const asked = process.argv.slice(2)
const reduced = asked.includes('--reduced')
const out = join(root, reduced ? 'out/atlas-reduced' : 'out/atlas')

// A page of an earlier run must not be taken for that of a run that failed.
rmSync(join(out, 'atlas.md'), { force: true })
const made = spawnSync(process.execPath, [join(root, 'packages/cli/dist/bin.js'), 'figure', 'all', '--check', '--out', out, ...asked], { stdio: 'inherit' })
// A disagreement is written into the document before it fails the command.
if (!reduced && existsSync(join(out, 'atlas.md')) && (made.status === 0 || made.status === 1)) {
  const images = join(root, 'docs/images')
  mkdirSync(images, { recursive: true })
  for (const name of readdirSync(out)) {
    const picture = join(out, name, 'figure.png')
    if (existsSync(picture)) copyFileSync(picture, join(images, `${name}.png`))
  }
  writeFileSync(join(root, 'docs/atlas.md'), readFileSync(join(out, 'atlas.md'), 'utf8').replace(/\]\((\w+)\/figure\.png\)/g, '](images/$1.png)'))
  console.log('docs/atlas.md and docs/images renewed')
}
process.exit(made.status ?? 1)
