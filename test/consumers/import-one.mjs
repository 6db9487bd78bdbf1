// usage: node import-one.mjs PACKAGE '{ ".": ["name", …], "./node": [] }'
// Imports the package as a stranger would and looks for everything that its index lists.
const [packageName, list] = process.argv.slice(2)

const faults = []
for (const [entry, names] of Object.entries(JSON.parse(list))) {
  const specifier = packageName + entry.slice(1)
  const module = await import(specifier)
  faults.push(...names.filter((name) => module[name] === undefined).map((name) => `${specifier} does not give ${name}`))
  faults.push(...Object.keys(module).filter((name) => !names.includes(name)).map((name) => `${specifier} gives ${name}, which its index does not list`))
}
for (const closed of ['/dist/index.js', '/src/index.ts', '/internal/check.js']) {
  const outcome = await import(packageName + closed).then(() => 'opened', (error) => error.code)
  if (outcome !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') faults.push(`${packageName}${closed} must be closed, but gives ${outcome}`)
}
// A package that prints while it is imported has side effects: the caller looks for output.
if (faults.length > 0) {
  console.error(faults.join('\n'))
  process.exitCode = 1
}
