// Compiles assembly/local-terms.ts and writes it, base64 in a string, to src/local/wasm-bytes.ts, so that no bundler, browser or
// Node needs an asset. `--check` writes nothing and fails where the committed file is not current.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = `${root}src/local/wasm-bytes.ts`

let binary
const { error, stderr } = await asc.main(
  [
    'assembly/local-terms.ts', '--baseDir', root, '--outFile', 'local-terms.wasm', '-O3', '--converge', '--noAssert',
    '--runtime', 'stub', '--enable', 'simd', '--importMemory', '--initialMemory', '1', '--maximumMemory', '65536',
  ],
  {
    writeFile: (name, contents) => {
      if (name === 'local-terms.wasm') binary = contents
    },
  },
)
if (error || binary === undefined) {
  process.stderr.write(`${stderr}${error?.message ?? 'no output'}\n`)
  process.exit(1)
}

const encoded = Buffer.from(binary).toString('base64')
const lines = encoded.match(/.{1,120}/g).map((line) => `  '${line}'`)
const text = `// Written by \`node scripts/build-local-wasm.mjs\` from assembly/local-terms.ts; do not edit.\n/** The wasm kernel, base64 (${binary.length} bytes). */\nexport const WASM_BASE64 =\n${lines.join(' +\n')}\n`

if (process.argv.includes('--check')) {
  let current = ''
  try {
    current = readFileSync(target, 'utf8')
  } catch {
    // A missing file is not current either.
  }
  if (current !== text) {
    process.stderr.write('src/local/wasm-bytes.ts is not what assembly/local-terms.ts compiles to; run node scripts/build-local-wasm.mjs\n')
    process.exit(1)
  }
  process.stdout.write('src/local/wasm-bytes.ts is current\n')
} else {
  writeFileSync(target, text)
  process.stdout.write(`src/local/wasm-bytes.ts: ${binary.length} bytes of wasm\n`)
}
