// Property-based tests draw the same cases in every run, so that one commit has one verdict. To look further:
// `PROPERTY_SEED=random npm test`, or a number that a failure printed.
import fc from 'fast-check'

const FIXED_SEED = 2021
const wanted = process.env['PROPERTY_SEED']

if (wanted !== 'random') fc.configureGlobal({ seed: wanted === undefined ? FIXED_SEED : Number(wanted) })
