// Strict compilation of files as a consumer does it: the declarations of all that they import are checked too.
import { dirname, join } from 'node:path'
import ts from 'typescript'

/** A program in TypeScript as Node 20 runs it. */
export const javascriptOf = (code) =>
  ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true } }).outputText

/** How a consumer's compiler finds packages. */
export const RESOLUTIONS = {
  nodenext: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  bundler: { module: ts.ModuleKind.Preserve, moduleResolution: ts.ModuleResolutionKind.Bundler },
}

/** The compiler's own libraries, read once for all programs. */
const libraries = new Map()

const hostFor = (options) => {
  const host = ts.createCompilerHost(options)
  const read = host.getSourceFile
  const own = dirname(ts.getDefaultLibFilePath(options))
  host.getSourceFile = (path, languageOptions, ...rest) => {
    if (!path.startsWith(own)) return read(path, languageOptions, ...rest)
    if (!libraries.has(path)) libraries.set(path, read(path, languageOptions, ...rest))
    return libraries.get(path)
  }
  return host
}

const told = ({ file, start, messageText }) => {
  const text = ts.flattenDiagnosticMessageText(messageText, '\n')
  if (file === undefined) return text
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(start).line + 1}: ${text}`
}

/**
 * Compiles files of a package in `folder` as one program and gives what is wrong with one of them and with the declarations that it imports;
 * with all where none is named. `types` are the packages of ambient declarations; `lib` the libraries of the language.
 */
export const compile = (folder, files, { resolution, types, lib }) => {
  const options = {
    ...RESOLUTIONS[resolution], target: ts.ScriptTarget.ES2022, strict: true, noEmit: true, skipLibCheck: false, skipDefaultLibCheck: true, types, typeRoots: [join(folder, 'node_modules/@types')],
    ...(lib === undefined ? {} : { lib }),
  }
  const program = ts.createProgram(files, options, hostFor(options))
  const diagnostics = ts.getPreEmitDiagnostics(program)
  return (path) => diagnostics.filter(({ file }) => path === undefined || file === undefined || file.fileName === path || !files.includes(file.fileName)).map(told)
}
