// Engines disagree about the last bits of Math.exp, Math.log, Math.sin, …; these are made of + − × ÷ alone, so a run has the
// same bits everywhere. Inside numerical packages they replace Math.*. One file each: a page pays only for what it uses.
export { cos } from './elementary/cos.js'
export { exp } from './elementary/exp.js'
export { expm1 } from './elementary/expm1.js'
export { log } from './elementary/log.js'
export { log1p } from './elementary/log1p.js'
export { sin } from './elementary/sin.js'
export { sinCos } from './elementary/sin-cos.js'
