import { fail, failIfAny, issue } from '@mesobath/contracts'
import type { Issue, Outcome } from '@mesobath/contracts'
import { parseDocument } from 'yaml'

const firstLine = (message: string): string => (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:$/, '')

/**
 * YAML or JSON text → plain data. Aliases are resolved; keys must be strings and unique.
 *
 * Issues: `scenario/syntax`, `scenario/duplicate-key`, both with line and column.
 */
export const readText = (text: string): Outcome<unknown> => {
  const document = parseDocument(text, { uniqueKeys: true, stringKeys: true, logLevel: 'silent' })
  const issues: Issue[] = [...document.errors, ...document.warnings].map((fault) => {
    const at = fault.linePos?.[0]
    const place = at === undefined ? 'the text' : `line ${at.line}, column ${at.col}`
    return fault.code === 'DUPLICATE_KEY'
      ? issue('scenario/duplicate-key', [], `${place} must not repeat a key of the same map, but does`)
      : issue('scenario/syntax', [], `${place} must be valid YAML or JSON, but: ${firstLine(fault.message)}`)
  })
  if (issues.length > 0) return failIfAny(issues, () => null)
  try {
    return { _tag: 'Right', right: document.toJS() as unknown }
  } catch (cause) {
    return fail(issue('scenario/syntax', [], `the text must be valid YAML or JSON, but: ${firstLine(cause instanceof Error ? cause.message : String(cause))}`))
  }
}
