// The packed packages bundled for a browser: what a page pays, that nothing of Node is in it, and that a browser gets the numbers of Node.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from '../lib/workspace.mjs'
import { checkThat, failed, passed, skipped, start, tail } from './check.mjs'

/** Kilobytes, minified and gzipped, WebAssembly not counted. */
const BUDGETS = { 'rate-model': 10, spin: 60 }
const BROWSER_SECONDS = 60
/** Chromium inside a package of the registry, fetched only where the machine has no browser. */
const CHROMIUM_PACKAGE = '@sparticuz/chromium@147'
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

/** WebAssembly is inlined as base64 in long literals. */
const INLINE_BINARY = /(["'`])[A-Za-z0-9+/=]{2000,}\1/g

const filesOf = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile()).map((each) => join(each.parentPath ?? each.path, each.name))

const bundle = async (source, input, outDir) => {
  const { build } = await import('vite')
  const warnings = []
  await build({
    root: source, configFile: false, logLevel: 'silent', base: './',
    build: {
      outDir, emptyOutDir: true, minify: true, target: 'es2022', modulePreload: false,
      rollupOptions: { input: join(source, input), onwarn: (warning) => warnings.push(warning.message), ...(input.endsWith('.html') ? {} : { preserveEntrySignatures: 'strict' }) },
    },
  })
  return warnings.filter((message) => /externalized|Unresolved|node:/i.test(message))
}

const sizeCheck = async (source, name, kilobytes, scratch) => {
  const label = `${name} takes less than ${kilobytes} kB in a page`
  const out = join(scratch, name)
  const foreign = await bundle(source, `${name}.mjs`, out)
  const code = filesOf(out).filter((path) => path.endsWith('.js')).map((path) => readFileSync(path, 'utf8')).join('\n')
  if (foreign.length > 0) return failed(label, foreign.join('\n'))
  const size = gzipSync(code.replace(INLINE_BINARY, '""')).length / 1000
  return size < kilobytes ? { ...passed(`${label}: ${size.toFixed(1)} kB`) } : failed(label, `${size.toFixed(1)} kB`)
}

/** Isolated, so that the page has SharedArrayBuffer. */
const serve = (folder) => new Promise((resolve) => {
  const server = createServer((request, response) => {
    const path = join(folder, request.url === '/' ? 'index.html' : decodeURIComponent(request.url.split('?')[0]))
    if (!path.startsWith(folder) || !existsSync(path)) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' })
    response.end(readFileSync(path))
  })
  server.listen(0, '127.0.0.1', () => resolve(server))
})

const findChromium = async (scratch) => {
  for (const program of [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome']) {
    if (program !== undefined && (await start(program, ['--version'], { seconds: 20 })).status === 0) return program
  }
  const folder = join(scratch, 'chromium')
  mkdirSync(folder)
  if ((await start('npm', ['install', '--prefix', folder, '--no-save', CHROMIUM_PACKAGE], { seconds: 180 })).status !== 0) return null
  const path = await start(process.execPath, ['-e', 'import("@sparticuz/chromium").then(async (c) => console.log(await c.default.executablePath()))'], { cwd: folder, seconds: 60 })
  // It may lack libraries of the machine: then there is no browser.
  return path.status === 0 && (await start(path.stdout.trim(), ['--version'], { seconds: 20 })).status === 0 ? path.stdout.trim() : null
}

const browserCheck = async (source, expected, scratch) => {
  const label = 'a browser gives the numbers of Node'
  const chromium = await findChromium(scratch)
  if (chromium === null) return skipped(label, 'no Chromium')
  const out = join(scratch, 'page')
  await bundle(source, 'index.html', out)
  const server = await serve(out)
  try {
    const { stdout, output } = await start(chromium, [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--timeout=20000', '--virtual-time-budget=20000', '--dump-dom', `http://127.0.0.1:${server.address().port}/`,
    ], { seconds: BROWSER_SECONDS })
    const [, text] = /(\{"markov".*?\})\s*<\/?/s.exec(stdout) ?? []
    if (text === undefined) return failed(label, tail(output))
    const found = JSON.parse(text)
    const differing = ['markov', 'exact'].filter((name) => JSON.stringify(found[name]) !== JSON.stringify(expected[name]))
    return differing.length === 0 ? passed(`${label} (${found.backend})`) : failed(label, differing.map((name) => `${name}: ${found[name]} in the browser, ${expected[name]} in Node`).join('\n'))
  } finally {
    server.close()
  }
}

/** Checks of the bundles made from packages installed in `everything`. */
export const bundleChecks = async (everything, scratch) => {
  const source = join(everything, 'browser')
  cpSync(join(root, 'test/consumers/browser'), source, { recursive: true })
  const checks = []
  for (const [name, kilobytes] of Object.entries(BUDGETS)) checks.push(await sizeCheck(source, name, kilobytes, join(scratch, 'bundles')))
  const node = await start(process.execPath, ['--input-type=module', '-e',
    'globalThis.document = { body: {} }; await import("./page.mjs"); console.log(document.body.textContent)'], { cwd: source, seconds: BROWSER_SECONDS })
  if (node.status !== 0) return [...checks, checkThat('the page in Node', node)]
  return [...checks, await browserCheck(source, JSON.parse(node.stdout), join(scratch, 'bundles'))]
}
