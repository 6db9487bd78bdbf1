export { readBath, readBytes, readRun, writeRun } from './run-file.js'
export { discardTemporaryFiles, prepareFolder, writeFiles, writeWhole } from './write-whole.js'
export type { FileContent } from './write-whole.js'
