import type { Finding, Issue } from '@mesobath/contracts'
import type { Sink } from '../io.js'

/** Prints what is wrong, one line each: never a stack. */
export const printIssues = (sink: Sink, issues: readonly Issue[]): void => {
  sink.write(issues.length === 1 ? 'mesobath: one thing to mend\n' : `mesobath: ${issues.length} things to mend\n`)
  for (const { code, message } of issues) sink.write(`  - ${message}  [${code}]\n`)
}

/** Cells in columns, the first to the left, the others to the right. */
export const table = (rows: readonly (readonly string[])[]): string => {
  const widths = rows.reduce<readonly number[]>((known, row) => row.map((cell, column) => Math.max(cell.length, known[column] ?? 0)), [])
  return rows.map((row) => row.map((cell, column) => column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)).join('  ').trimEnd())
    .join('\n') + '\n'
}

const SERIOUSNESS: Readonly<Record<Finding['verdict'], number>> = { fails: 0, doubt: 1, trust: 2 }
const WORDS: Readonly<Record<Finding['verdict'], string>> = { trust: 'fine', doubt: 'doubtful', fails: 'fails' }

/** Findings come from several packages: each a sentence of its own. */
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`

const short = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(3))) : String(value))

/** Findings by name of method (or panel and method) as lines of plain words; the same finding of several names stands once. */
export const validityText = (findings: Readonly<Record<string, readonly Finding[]>>, verdicts: readonly Finding['verdict'][] = ['fails', 'doubt', 'trust']): string => {
  const groups = new Map<string, { readonly finding: Finding; readonly names: string[] }>()
  for (const [name, list] of Object.entries(findings)) {
    for (const finding of list) {
      if (!verdicts.includes(finding.verdict)) continue
      const key = `${finding.code} ${finding.verdict} ${finding.message}`
      const group = groups.get(key)
      if (group === undefined) groups.set(key, { finding, names: [name] })
      else group.names.push(name)
    }
  }
  return [...groups.values()]
    .sort((a, b) => SERIOUSNESS[a.finding.verdict] - SERIOUSNESS[b.finding.verdict])
    .map(({ finding, names }) =>
      `  ${WORDS[finding.verdict].padEnd(9)} ${finding.quantity}: ${short(finding.value)} (bound ${short(finding.bound)}). ${sentence(finding.message)} (${[...new Set(names)].join(', ')})\n`)
    .join('')
}

/** The worst finding of each code over several runs of the same methods, with the number of runs it was found in. */
export const worstOver = (runs: readonly Readonly<Record<string, readonly Finding[]>>[], unit: string): Readonly<Record<string, readonly Finding[]>> => {
  const worst = new Map<string, { readonly method: string; readonly finding: Finding; readonly count: number }>()
  for (const run of runs) {
    for (const [method, findings] of Object.entries(run)) {
      for (const finding of findings) {
        const key = `${method} ${finding.code} ${finding.verdict} ${finding.quantity}`
        const known = worst.get(key)
        const larger = known === undefined || Math.abs(finding.value) > Math.abs(known.finding.value)
        worst.set(key, { method, finding: larger ? finding : known.finding, count: (known?.count ?? 0) + 1 })
      }
    }
  }
  const merged: Record<string, Finding[]> = {}
  for (const { method, finding, count } of worst.values()) {
    const name = `${method} in ${count} of ${runs.length} ${unit}`
    merged[name] = [...merged[name] ?? [], finding]
  }
  return merged
}

/** A number of a table; a dash where there is none. */
export const cell = (value: number | null, digits: number): string => (value === null ? '–' : value.toFixed(digits))

/** What to know of methods that take long, one line each. */
export const adviceText = (advice: readonly string[]): string => advice.map((each) => `takes long: ${each}\n`).join('')
