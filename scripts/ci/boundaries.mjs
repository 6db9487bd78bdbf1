import { checkBoundaries } from '../boundaries.mjs'
import { failed, passed } from './check.mjs'

export const run = () => Object.entries(checkBoundaries()).map(([name, faults]) => (faults.length === 0 ? passed(name) : failed(name, faults.join('\n'))))
