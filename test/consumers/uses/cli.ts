// The command inside a program.
import { catalogue, runCli } from '@mesobath/cli'

let told = ''
const sink = { write: (text: string) => { told += text; return true } }
const code: number = await runCli(['--version'], { stdout: sink, stderr: sink, signal: { aborted: false }, folder: '.' })
if (code !== 0 || !/\d+\.\d+\.\d+/.test(told)) throw new Error(`exit code ${code}: ${told}`)
if (!catalogue.baths.some(({ name }) => name === 'random-matrix')) throw new Error('the catalogue is empty')
