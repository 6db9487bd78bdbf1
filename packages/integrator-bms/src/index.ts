export { bornMarkovSecular, MOVED_PROBABILITY } from './born-markov-secular.js'
export type { BathReference, BornMarkovSecularOptions } from './born-markov-secular.js'
