export { jumpSampler } from './jump-sampler.js'
export { mesobath } from './plugin.js'
