// Compiles assembly/ and writes it, base64 in strings, to src/dense/wasm-bytes.ts, so that no bundler, browser or Node needs an
// asset: once per set of features, since an engine refuses a module as a whole for one instruction that it does not know, and since a
// module says whether its memory is shared. `--check` writes nothing and fails where the committed file is not current.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = `${root}src/dense/wasm-bytes.ts`

const COMMON = [
  'assembly/index.ts', '--baseDir', root, '--outFile', 'kernels.wasm', '-O3', '--converge', '--noAssert',
  '--runtime', 'stub', '--enable', 'simd', '--importMemory', '--initialMemory', '1', '--maximumMemory', '65536',
]
const RELAXED = ['--enable', 'relaxed-simd']
const SHARED = ['--enable', 'threads', '--sharedMemory']
const VARIANTS = { plain: [], plainShared: SHARED, relaxed: RELAXED, relaxedShared: [...RELAXED, ...SHARED] }

const compile = async (flags) => {
  let binary
  const { error, stderr } = await asc.main([...COMMON, ...flags], {
    writeFile: (name, contents) => {
      if (name === 'kernels.wasm') binary = contents
    },
  })
  if (error || binary === undefined) {
    process.stderr.write(`${stderr}${error?.message ?? 'no output'}\n`)
    process.exit(1)
  }
  return binary
}

let bytes = 0
let text = '// Written by `node scripts/build-wasm.mjs` from assembly/; do not edit.\n/** The wasm kernels by what they need of an engine, base64. */\nexport const WASM_BASE64 = {\n'
for (const [name, flags] of Object.entries(VARIANTS)) {
  const binary = await compile(flags)
  bytes += binary.length
  const lines = Buffer.from(binary).toString('base64').match(/.{1,120}/g).map((line) => `    '${line}'`)
  text += `  ${name}:\n${lines.join(' +\n')},\n`
}
text += '} as const\n'

if (process.argv.includes('--check')) {
  let current = ''
  try {
    current = readFileSync(target, 'utf8')
  } catch {
    // A missing file is not current either.
  }
  if (current !== text) {
    process.stderr.write('src/dense/wasm-bytes.ts is not what assembly/ compiles to; run node scripts/build-wasm.mjs\n')
    process.exit(1)
  }
  process.stdout.write('src/dense/wasm-bytes.ts is current\n')
} else {
  writeFileSync(target, text)
  process.stdout.write(`src/dense/wasm-bytes.ts: ${bytes} bytes of wasm\n`)
}
