// Compiles what has a memory of its own and one variant, assembly/local-terms.ts and assembly/normals.ts, and writes each, base64 in a string, to a
// wasm-bytes.ts, so that no bundler, browser or Node needs an asset. `--check` writes nothing and fails where a committed file is not current.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = fileURLToPath(new URL('..', import.meta.url))

const MODULES = [
  { entry: 'assembly/local-terms.ts', target: 'src/local/wasm-bytes.ts', flags: ['--enable', 'simd', '--importMemory', '--initialMemory', '1', '--maximumMemory', '65536'] },
  { entry: 'assembly/normals.ts', target: 'src/random/wasm-bytes.ts', flags: ['--initialMemory', '1', '--maximumMemory', '1'] },
]

const compile = async ({ entry, flags }) => {
  let binary
  const { error, stderr } = await asc.main(
    [entry, '--baseDir', root, '--outFile', 'kernel.wasm', '-O3', '--converge', '--noAssert', '--runtime', 'stub', ...flags],
    {
      writeFile: (name, contents) => {
        if (name === 'kernel.wasm') binary = contents
      },
    },
  )
  if (error || binary === undefined) {
    process.stderr.write(`${stderr}${error?.message ?? 'no output'}\n`)
    process.exit(1)
  }
  return binary
}

const read = (path) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // A missing file is not current either.
    return ''
  }
}

for (const module of MODULES) {
  const binary = await compile(module)
  const lines = Buffer.from(binary).toString('base64').match(/.{1,120}/g).map((line) => `  '${line}'`)
  const text = `// Written by \`node scripts/build-single-wasm.mjs\` from ${module.entry}; do not edit.\n/** The wasm kernel, base64 (${binary.length} bytes). */\nexport const WASM_BASE64 =\n${lines.join(' +\n')}\n`
  if (!process.argv.includes('--check')) {
    writeFileSync(`${root}${module.target}`, text)
    process.stdout.write(`${module.target}: ${binary.length} bytes of wasm\n`)
  } else if (read(`${root}${module.target}`) === text) process.stdout.write(`${module.target} is current\n`)
  else {
    process.stderr.write(`${module.target} is not what ${module.entry} compiles to; run node scripts/build-single-wasm.mjs\n`)
    process.exit(1)
  }
}
