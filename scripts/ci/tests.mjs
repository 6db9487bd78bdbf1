// Counts vitest's JSON report. A run that ended badly without a failed test (a file that does not load, an unhandled error,
// a set-up that failed) is one failure: a missing report must not look like success.
import { existsSync } from 'node:fs'
import { readJson } from '../lib/workspace.mjs'
import { failed, skipped } from './check.mjs'

export const countTests = (reportFile, exitCode) => {
  if (!existsSync(reportFile)) {
    return { passed: 0, failed: 1, skipped: 0, notes: [failed(`npm test ended with ${exitCode} before it wrote a report`)] }
  }
  const files = readJson(reportFile).testResults
  const tests = files.flatMap((file) => file.assertionResults.map((each) => ({ ...each, file: file.name })))
  const broken = files.filter((file) => file.status === 'failed' && !file.assertionResults.some((each) => each.status === 'failed'))
  const failures = [
    ...tests.filter((each) => each.status === 'failed').map((each) => failed(each.fullName)),
    ...broken.map((file) => failed(`${file.name} did not load`)),
  ]
  if (exitCode !== 0 && failures.length === 0) failures.push(failed(`npm test ended with ${exitCode} although no test failed`))
  const left = tests.filter((each) => each.status !== 'failed' && each.status !== 'passed').map((each) => skipped(each.fullName, each.status))
  return {
    passed: tests.filter((each) => each.status === 'passed').length,
    failed: failures.length,
    skipped: left.length,
    notes: [...failures, ...left],
  }
}
