// A small master equation and an exact run in a browser: what they give is written into the page.
import { orThrow } from '@mesobath/contracts'
import { exact } from '@mesobath/integrator-exact'
import { solve } from '@mesobath/solve'
import { master, problem } from './spin.mjs'

const run = orThrow(await solve(problem, exact()))
document.body.textContent = JSON.stringify({ markov: [...master.populations], exact: [...run.populations], backend: run.frame.backend })
