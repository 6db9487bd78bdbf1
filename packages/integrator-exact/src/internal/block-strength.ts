import type { BathModel, Planes } from '@mesobath/contracts'
import { exp } from '@mesobath/kernels'
import type { BathModelByLevels, MicroscopicModel } from './microscopic-model.js'

/** Mean of |B^α_ij|² over the block of two windows of a bath; 0 where there is no block. */
export type BlockStrength = (bath: number, coupling: number, to: number, from: number) => number

type OwnStrength = (coupling: number, to: number, from: number) => number

/** Remembers, so that each block is looked at once; B is Hermitian, so that its mirror image is as strong. */
const remember = ({ levels, systemCouplings }: BathModelByLevels, look: OwnStrength): OwnStrength => {
  const count = levels.length
  const known = systemCouplings.map(() => new Float64Array(count * count).fill(NaN))
  return (coupling, to, from) => {
    const upper = Math.max(to, from)
    const lower = Math.min(to, from)
    const at = upper * count + lower
    let value = known[coupling]![at]!
    if (Number.isNaN(value)) {
      value = look(coupling, upper, lower)
      known[coupling]![at] = value
    }
    return value
  }
}

/** A block that is there counts as coupled even where all its entries happen to vanish, or are no numbers: then it is refused when it is loaded. */
const ofPresent = (meanSquare: number): number => (meanSquare > 0 ? Math.max(meanSquare, Number.MIN_VALUE) : Number.MIN_VALUE)

const ofBlocks = (part: BathModelByLevels): OwnStrength => {
  const { bath, levels } = part
  const { meanSquare } = bath.block
  if (meanSquare !== undefined) {
    return (coupling, to, from) => {
      const known = meanSquare(coupling, to, from)
      return known === 0 ? 0 : ofPresent(known)
    }
  }
  let room: Planes = { re: new Float64Array(0), im: null }
  return (coupling, to, from) => {
    const size = levels[to]!.length * levels[from]!.length
    if (room.re.length < size) room = { re: new Float64Array(size), im: bath.real ? null : new Float64Array(size) }
    const out = { re: room.re.subarray(0, size), im: room.im === null ? null : room.im.subarray(0, size) }
    if (!bath.block(coupling, to, from, out)) return 0
    let sum = 0
    for (let i = 0; i < size; i++) sum += out.re[i]! * out.re[i]!
    if (out.im !== null) for (let i = 0; i < size; i++) sum += out.im[i]! * out.im[i]!
    return ofPresent(sum / size)
  }
}

/** From the ensemble that the bath was drawn from: no block is drawn. */
const ofEnsemble = (part: BathModelByLevels, secondMoment: (to: number, from: number, out: Planes) => number): OwnStrength => {
  const n = part.systemCouplings.length
  const out = { re: new Float64Array(n * n), im: new Float64Array(n * n) }
  return (coupling, to, from) => {
    out.re.fill(0)
    const scale = secondMoment(to, from, out)
    const moment = out.re[coupling * n + coupling]!
    // Zero stands for no block at all, not for one whose strength underflows.
    return moment > 0 ? Math.max(moment * exp(scale), Number.MIN_VALUE) : 0
  }
}

/** Block strengths from the ensembles that baths were drawn from, where there is one; else as the bath knows them; else from the blocks, one at a time in the same room. */
export const strengthsOfEnsembles = (model: MicroscopicModel, baths: readonly BathModel[]): BlockStrength => {
  const parts = model.baths.map((part, at) => {
    const { ensemble } = baths[at]!.can
    return remember(part, ensemble === undefined ? ofBlocks(part) : ofEnsemble(part, (to, from, out) => ensemble.secondMoment(to, from, out)))
  })
  return (bath, coupling, to, from) => parts[bath]!(coupling, to, from)
}
