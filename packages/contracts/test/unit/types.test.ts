import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

/** Messages of the compiler for one file, strict, without DOM and Node. */
const messages = (file: string): string[] => {
  const program = ts.createProgram([file], {
    strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2023, lib: ['lib.es2023.d.ts'], types: [],
    module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, verbatimModuleSyntax: true,
    paths: { '@mesobath/contracts': [path('../../src/index.ts')] },
  })
  return ts.getPreEmitDiagnostics(program).map((each) => `${each.start}: ${ts.flattenDiagnosticMessageText(each.messageText, '\n')}`)
}

describe('types', () => {
  it('an Outcome is fp-ts\'s Either, assignable both ways', () => {
    expect(messages(path('../types/either.ts'))).toEqual([])
  })

  it('plug-ins of others fit, with capabilities merged from outside; what is wrong is refused', () => {
    expect(messages(path('../types/plugins.ts'))).toEqual([])
  })
})
