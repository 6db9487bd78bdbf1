// A small master equation and an exact run in a browser: what they give is written into the page.
import { orThrow } from '@mesobath/contracts'
import { exact } from '@mesobath/integrator-exact'
import { defaultBackend } from '@mesobath/kernels'
import { solve } from '@mesobath/solve'
import { master, problem } from './spin.mjs'

// Engines with fused multiply-add would use it, and differ in the last bits.
const run = orThrow(await solve(problem, exact(), { host: { backend: defaultBackend({ reproducible: true }) } }))
document.body.textContent = JSON.stringify({ markov: [...master.populations], exact: [...run.populations], backend: run.frame.backend })
