export { markov } from './markov.js'
export type { MarkovOptions } from './markov.js'
