import { issue } from '@mesobath/contracts'
import type { Issue } from '@mesobath/contracts'
import { nameOf } from './describe.js'

export type Path = readonly (string | number)[]

/** Collects faults; every message reads "`path` must …, but …". */
export interface FaultList {
  readonly issues: readonly Issue[]
  add(what: string, path: Path, must: string, but: string): void
}

export const faultList = (): FaultList => {
  const issues: Issue[] = []
  return {
    issues,
    add: (what, path, must, but) => {
      issues.push(issue(`solve/${what}`, path, `\`${nameOf(path)}\` must ${must}, but ${but}`))
    },
  }
}
