import type { MachineBalance } from '../machine-balance.js'
import type { Cast } from './cast-roles.js'

/** What stays behind may be this share of what flowed before a remark says so. */
const NOTICEABLE = 0.01

const shown = (value: number): string => String(Number(value.toPrecision(4)))

/** What to know when reading a balance. */
export const machineRemarks = (balance: Omit<MachineBalance, 'remarks'>, cast: Cast, begin: number, end: number, rounding: number): readonly string[] => {
  const { coldHeat, coarseGrainingDefect, convertedShare, efficiency, hotHeat, mode, otherHeat, storedEnergy, work, workHeat } = balance
  const remarks: string[] = []
  if (mode === 'idle') return ['nothing moved: efficiency and coefficient of performance are left undefined']
  if (Number.isNaN(work)) remarks.push('the algorithm books no work, so there is no efficiency')
  const flowed = [work, hotHeat, coldHeat, workHeat, otherHeat].reduce((most, each) => (Math.abs(each) > most ? Math.abs(each) : most), 0)
  const closed = !(Math.abs(storedEnergy) > NOTICEABLE * flowed)
  if (!closed) {
    remarks.push(`not a closed cycle: the system ${storedEnergy > 0 ? 'keeps' : 'gives'} ${shown(Math.abs(storedEnergy))} of energy of its own, which Carnot's formulas do not know`)
  }
  if (Math.abs(coarseGrainingDefect) > NOTICEABLE * flowed) {
    remarks.push(`jumps off resonance ${coarseGrainingDefect > 0 ? 'made' : 'lost'} ${shown(Math.abs(coarseGrainingDefect))} of energy: heats err by as much`)
  }
  if (efficiency > 1) {
    const inverted = Math.min(cast.hot.inverseTemperature[begin], cast.hot.inverseTemperature[end]) < 0
    const colder = coldHeat > rounding
    if (inverted && colder) {
      remarks.push(`efficiency above one: bath ${cast.cold!.label} gives heat as well (${shown(coldHeat)}), as it may because bath ${cast.hot.label} is inverted (1/T* < 0); `
        + `of all heat taken in ${shown(convertedShare)} becomes work, and no law is violated`)
    } else if (closed) {
      remarks.push(`efficiency above one: other baths give heat as well; of all heat taken in ${shown(convertedShare)} becomes work`)
    }
  }
  if (!Number.isNaN(workHeat) && Math.abs(work) > NOTICEABLE * flowed) {
    remarks.push(`work (${shown(work)}) is done beside the heat of bath ${cast.work!.label}: the coefficient of performance counts that heat alone`)
  }
  if (mode === 'engine' && closed && efficiency > balance.carnotEfficiency.initial) {
    remarks.push('more efficient than Carnot at the initial temperatures, which the baths no longer have: a comparison, no law')
  }
  return remarks
}
