// Runs a guide as a reader would, in a folder of its own beside the packed packages: files first, then commands, programs, Python.
//
// ```yaml blocks that begin with `# name.yaml` are written to that file; `mesobath …` lines of ```sh blocks are run (installing was done
// before); all ```js blocks of a page are one program; all ```python blocks another. Other languages are for reading only.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { checkThat, failed, passed, skipped, start } from './check.mjs'

const SECONDS = 180

/** The code of all blocks of one language in a page. */
export const blocksOf = (text, language) => [...text.matchAll(new RegExp(`^\`\`\`${language}\\r?\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, code]) => code)

const commandsOf = (text) => blocksOf(text, 'sh').flatMap((block) => block.split('\n'))
  .map((line) => line.replace(/\s+#.*$/, '').trim()).filter((line) => /^(npx )?mesobath /.test(line)).map((line) => line.replace(/^npx /, '').split(/\s+/).slice(1))

/** The checks of one guide; `python` is an interpreter with NumPy and h5py, or null. */
export const runGuide = async (everything, path, python) => {
  const label = basename(path, '.md')
  const text = readFileSync(path, 'utf8')
  const folder = join(everything, `guide-${label}`)
  mkdirSync(folder, { recursive: true })
  for (const block of blocksOf(text, 'yaml')) {
    const [, name] = /^# (\S+\.ya?ml)\n/.exec(block) ?? []
    if (name !== undefined) writeFileSync(join(folder, name), block)
  }
  const checks = []
  const bin = join(everything, 'node_modules/@mesobath/cli/dist/bin.js')
  for (const [index, command] of commandsOf(text).entries()) {
    const redirected = command.indexOf('>')
    checks.push(checkThat(`guide ${label}: command ${index + 1}`, await start(process.execPath, [bin, ...(redirected < 0 ? command : command.slice(0, redirected))], { cwd: folder, seconds: SECONDS })))
  }
  const program = blocksOf(text, 'js')
  if (program.length > 0) {
    writeFileSync(join(folder, 'program.mjs'), program.join('\n'))
    checks.push(checkThat(`guide ${label}: program`, await start(process.execPath, ['program.mjs'], { cwd: folder, seconds: SECONDS })))
  }
  const script = blocksOf(text, 'python')
  if (script.length > 0) {
    const name = `guide ${label}: Python`
    if (python === null) checks.push(skipped(name, 'no Python with NumPy and h5py'))
    else {
      writeFileSync(join(folder, 'script.py'), script.join('\n'))
      checks.push(checkThat(name, await start(python, ['script.py'], { cwd: folder, seconds: SECONDS })))
    }
  }
  return checks.length > 0 ? checks : [/```/.test(text) ? failed(`guide ${label}`, 'none of its blocks was run') : passed(`guide ${label} has no code`)]
}
