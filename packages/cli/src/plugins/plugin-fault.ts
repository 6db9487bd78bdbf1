import { fail, issue } from '@mesobath/contracts'
import type { Failure, Issue } from '@mesobath/contracts'

/** A package as issues name it. */
export interface PluginName {
  readonly name: string
  /** That of the installed package; empty where its package.json cannot be read. */
  readonly version: string
}

/** "`my-rates` 1.2.0": who is at fault opens the sentence. */
const shown = ({ name, version }: PluginName): string => (version === '' ? `\`${name}\`` : `\`${name}\` ${version}`)

/** An issue about a plug-in: "`my-rates` 1.2.0 must …, but …". */
export const pluginIssue = (plugin: PluginName, code: string, path: readonly (string | number)[], must: string, but: string): Issue =>
  issue(`cli/${code}`, path, `${shown(plugin)} must ${must}, but ${but}`)

/** What was thrown, in one line. */
const thrown = (cause: unknown): string => (cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)).split('\n')[0] ?? ''

/** An issue where a contract has no place for one: it travels as an exception to whoever runs the plug-in. */
export class PluginError extends Error {
  constructor(readonly issue: Issue) {
    super(issue.message)
  }
}

/** What a plug-in threw, as an issue; what was found out about it passes as it is. */
export const caught = (plugin: PluginName, what: string, cause: unknown): Failure =>
  fail(cause instanceof PluginError ? cause.issue : pluginIssue(plugin, 'plugin-threw', [], 'give issues and never throw', `${what} throws ${thrown(cause)}`))

/** The issue of a plug-in that had none to give; any other exception is a bug and stays one. */
export const pluginFailure = (cause: unknown): Failure => {
  if (cause instanceof PluginError) return fail(cause.issue)
  throw cause
}
