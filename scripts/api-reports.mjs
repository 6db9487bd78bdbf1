// Reports of the interfaces that plug-ins are built against, one file per package in docs/interfaces/: a change of them shows in review.
//
// usage: node scripts/api-reports.mjs           compares, exit code 1 where a report does not match
//        node scripts/api-reports.mjs --write   writes them anew
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor'
import { packages, root } from './lib/workspace.mjs'

/** What a stranger's package imports. */
const REPORTED = ['contracts', 'conformance']

const reportOf = ({ folder, name }, scratch, write) => {
  const messages = []
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: join(folder, 'dist/index.d.ts'),
      compiler: { tsconfigFilePath: join(folder, 'tsconfig.json') },
      apiReport: { enabled: true, reportFileName: `${name}.api.md`, reportFolder: join(root, 'docs/interfaces'), reportTempFolder: scratch },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        // Release tags and TSDoc syntax are not ours: typedoc reads the comments, with warnings as errors.
        extractorMessageReporting: { default: { logLevel: 'none' } },
        tsdocMessageReporting: { default: { logLevel: 'none' } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
  })
  const result = Extractor.invoke(config, {
    localBuild: write, showVerboseMessages: false,
    messageCallback: (message) => {
      if (message.logLevel === 'error') messages.push(message.text)
      message.handled = true
    },
  })
  return { name, changed: result.apiReportChanged, faults: messages }
}

/** Compares or writes every report: its package, whether it changed, and what the extractor says. */
export const apiReports = (write) => {
  mkdirSync(join(root, 'docs/interfaces'), { recursive: true })
  const scratch = mkdtempSync(join(tmpdir(), 'mesobath-interfaces-'))
  try {
    return packages().filter(({ name }) => REPORTED.includes(name)).map((each) => reportOf(each, scratch, write))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const write = process.argv.includes('--write')
  const reports = apiReports(write)
  for (const { name, changed, faults } of reports) {
    console.log(`${name}: ${faults.length > 0 ? faults.join('; ') : changed ? (write ? 'written' : 'does not match, run `npm run interfaces`') : 'matches'}`)
  }
  process.exitCode = reports.some(({ changed, faults }) => faults.length > 0 || (changed && !write)) ? 1 : 0
}
