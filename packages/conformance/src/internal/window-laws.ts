import type { BathModel, Vector } from '@mesobath/contracts'
import { law } from '../law.js'
import type { Fault, Law } from '../law.js'

/** Centres written in decimals miss their spacing by rounding. */
const OVERLAP = 1e-9

const isFinite = (vector: Vector): boolean => vector.every((x) => Number.isFinite(x))

const windowFaults = ({ couplings, meanCouplings, windows }: BathModel): readonly Fault[] => {
  const { energies, logVolumes, width } = windows
  const faults: Fault[] = []
  if (!(width > 0 && Number.isFinite(width))) faults.push({ must: 'have windows of a positive, finite width', but: `has width ${width}` })
  if (energies.length === 0 || logVolumes.length !== energies.length) faults.push({ must: 'have one ln V_E for each of at least one window', but: `has ${logVolumes.length} for ${energies.length}` })
  if (!isFinite(energies) || !isFinite(logVolumes)) faults.push({ must: 'have finite centres and ln V_E', but: 'has others' })
  const close = energies.findIndex((energy, i) => i > 0 && !(energy - energies[i - 1]! >= width * (1 - OVERLAP)))
  if (close > 0) faults.push({ must: 'have windows that ascend and do not overlap', but: `window ${close} lies ${energies[close]! - energies[close - 1]!} above the one before, where δ = ${width}` })
  if (!(Number.isInteger(couplings) && couplings >= 1)) faults.push({ must: 'have at least one coupling operator', but: `has ${couplings}` })
  if (meanCouplings.length !== couplings || meanCouplings.some((means) => means.length !== energies.length || !isFinite(means))) {
    faults.push({ must: 'have a finite ⟨B^α⟩_E for every coupling and window', but: 'has others' })
  }
  return faults
}

const sameVector = (a: Vector, b: Vector): boolean => a.length === b.length && a.every((x, i) => Object.is(x, b[i]))

/** What every bath has. */
export const windowLaws = (bath: () => BathModel, factory: () => BathModel, can: readonly string[]): { readonly laws: readonly Law[]; readonly sound: readonly Law[] } => {
  const windows = law({ name: 'windows are finite, ascend and do not overlap', code: 'windows', examine: () => windowFaults(bath()) })
  const offers = law({
    name: 'can what it declares', code: 'capabilities', restsOn: [windows],
    examine: () => {
      const found = Object.entries(bath().can).filter(([, value]) => value !== undefined).map(([key]) => key).sort()
      const declared = [...can].sort()
      return found.join() === declared.join() ? [] : [{ must: `offer exactly ${declared.join(', ') || 'its windows'}`, but: `offers ${found.join(', ') || 'its windows only'}` }]
    },
  })
  const repeats = law({
    name: 'same seed, same windows', code: 'same-windows', restsOn: [windows],
    examine: () => {
      const again = factory()
      const { meanCouplings, windows: { energies, logVolumes } } = bath()
      const same = sameVector(energies, again.windows.energies) && sameVector(logVolumes, again.windows.logVolumes)
        && meanCouplings.every((means, i) => sameVector(means, again.meanCouplings[i]!))
      return same ? [] : [{ must: 'have the same windows, volumes and means, bit for bit, when it is made again', but: 'has others' }]
    },
  })
  return { laws: [windows, offers, repeats], sound: [windows, offers] }
}
