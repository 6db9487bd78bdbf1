// The packed packages bundled for a browser: what a page pays, that nothing of Node is in it, and that a browser gets the numbers of Node.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from 'node:fs'
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
  return size < kilobytes ? { ...passed(`${label}: ${size.toFixed(3)} kB`) } : failed(label, `${size.toFixed(3)} kB`)
}

/** What makes a page isolated from other origins, so that it has SharedArrayBuffer. */
const ISOLATION = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }

const serve = (folder, isolated) => new Promise((resolve) => {
  const server = createServer((request, response) => {
    const path = join(folder, request.url === '/' ? 'index.html' : decodeURIComponent(request.url.split('?')[0]))
    if (!path.startsWith(folder) || !existsSync(path)) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream', ...(isolated ? ISOLATION : {}) })
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

/** What the program of a page, bundled in `folder`, writes into it; null with the output where it wrote nothing. */
const visit = async (chromium, folder, isolated) => {
  const server = await serve(folder, isolated)
  try {
    const { stdout, output } = await start(chromium, [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--timeout=20000', '--virtual-time-budget=20000', '--dump-dom', `http://127.0.0.1:${server.address().port}/`,
    ], { seconds: BROWSER_SECONDS })
    const [, text] = /<body>(\{.*?\})\s*<\/?/s.exec(stdout) ?? []
    return { found: text === undefined ? null : JSON.parse(text), output }
  } finally {
    server.close()
  }
}

/** The same program in Node, which has no page either: the browser's host goes on with one thread. */
const inNode = (source, program) => start(process.execPath, ['--input-type=module', '-e',
  `globalThis.document = { body: {} }; await import("./${program}"); console.log(document.body.textContent)`], { cwd: source, seconds: BROWSER_SECONDS })

const sameNumbers = (found, expected, names) => names.filter((name) => JSON.stringify(found[name]) !== JSON.stringify(expected[name]))
  .map((name) => `${name}: ${found[name]} in the browser, ${expected[name]} in Node`)

const browserCheck = async (chromium, source, scratch) => {
  const label = 'a browser gives the numbers of Node'
  const node = await inNode(source, 'page.mjs')
  if (node.status !== 0) return checkThat('the page in Node', node)
  const out = join(scratch, 'page')
  await bundle(source, 'index.html', out)
  const { found, output } = await visit(chromium, out, true)
  if (found === null) return failed(label, tail(output))
  const faults = sameNumbers(found, JSON.parse(node.stdout), ['markov', 'exact'])
  return faults.length === 0 ? passed(`${label} (${found.backend})`) : failed(label, faults.join('\n'))
}

/** What a host of a page says of its threads, with the headers that let memory be shared and without. */
const THREADS = {
  'two threads of a page give the bits of one thread in Node': { isolated: true, threads: 2, lacking: '', works: (tiles) => tiles > 0 },
  'a page without isolation goes on with one thread and says so': { isolated: false, threads: 1, lacking: 'backend-browser/not-isolated', works: (tiles) => tiles === 0 },
}

const threadChecks = async (chromium, source, scratch) => {
  const node = await inNode(source, 'threads.mjs')
  if (node.status !== 0) return [checkThat('the page of threads in Node', node)]
  const expected = JSON.parse(node.stdout)
  const out = join(scratch, 'threads')
  await bundle(source, 'threads.html', out)
  renameSync(join(out, 'threads.html'), join(out, 'index.html'))
  const checks = []
  for (const [label, { isolated, threads, lacking, works }] of Object.entries(THREADS)) {
    const { found, output } = await visit(chromium, out, isolated)
    if (found === null) {
      checks.push(failed(label, tail(output)))
      continue
    }
    const faults = sameNumbers(found, expected, ['exact'])
    if (found.threads !== threads || found.hostThreads !== threads) faults.push(`threads: ${found.threads} and ${found.hostThreads} instead of ${threads}`)
    if (found.lacking.join() !== lacking) faults.push(`said: ${found.lacking}`)
    if (!works(found.tiles)) faults.push(`tiles of workers: ${found.tiles}`)
    checks.push(faults.length === 0 ? passed(`${label} (${found.backend}, ${found.tiles} tiles of workers)`) : failed(label, faults.join('\n')))
  }
  return checks
}

/** Checks of the bundles made from packages installed in `everything`. */
export const bundleChecks = async (everything, scratch) => {
  const source = join(everything, 'browser')
  cpSync(join(root, 'test/consumers/browser'), source, { recursive: true })
  const bundles = join(scratch, 'bundles')
  const checks = []
  for (const [name, kilobytes] of Object.entries(BUDGETS)) checks.push(await sizeCheck(source, name, kilobytes, bundles))
  const chromium = await findChromium(scratch)
  if (chromium === null) return [...checks, ...['a browser gives the numbers of Node', ...Object.keys(THREADS)].map((label) => skipped(label, 'no Chromium'))]
  return [...checks, await browserCheck(chromium, source, bundles), ...await threadChecks(chromium, source, bundles)]
}
