import { smallestEigenvalue, zeros } from '../oracle/complex-matrix.js'
import { law } from '../law.js'
import type { Fault, Law } from '../law.js'
import { allPairs, entry, pairName, unwritten } from './correlation-table.js'
import type { Subject } from './correlation-table.js'

interface StrengthParts {
  readonly subjects: () => readonly Subject[]
  /** The model and bath of couplings 2B. */
  readonly doubled: () => readonly Subject[]
  /** Model and bath made once more. */
  readonly again: () => readonly Subject[]
  readonly reach: number
  readonly accuracy: number
  readonly restsOn: readonly Law[]
}

/** The first fault over all pairs of windows and couplings: one is enough to find the place. */
const firstFault = (subjects: readonly Subject[], find: (subject: Subject, to: number, from: number) => Fault | null): readonly Fault[] => {
  for (const subject of subjects) {
    for (let to = 0; to < subject.windows; to += 1) {
      for (let from = 0; from < subject.windows; from += 1) {
        const fault = find(subject, to, from)
        if (fault !== null) return [fault]
      }
    }
  }
  return []
}

const finite = (subjects: readonly Subject[]): readonly Fault[] => firstFault(subjects, (subject, to, from) => {
  for (let left = 0; left < subject.couplings; left += 1) {
    for (let right = 0; right < subject.couplings; right += 1) {
      const [re, im] = entry(subject, to, from, left, right)
      if (Number.isFinite(re) && Number.isFinite(im)) continue
      return { must: 'write a finite κ for every pair of windows, couplings and plane', but: `leaves ${re} + ${im}i ${pairName(subject, to, from)}` }
    }
  }
  return null
})

const nonNegative = (subjects: readonly Subject[], accuracy: number): readonly Fault[] => firstFault(subjects, (subject, to, from) => {
  for (let left = 0; left < subject.couplings; left += 1) {
    const [re] = entry(subject, to, from, left, left)
    if (re < -accuracy * subject.largest) return { must: 'give W ≥ 0 for every coupling alone', but: `gives κ = ${re} ${pairName(subject, to, from)}` }
  }
  return null
})

const symmetric = (subjects: readonly Subject[], accuracy: number): readonly Fault[] => firstFault(subjects, (subject, to, from) => {
  for (let left = 0; left < subject.couplings; left += 1) {
    for (let right = 0; right < subject.couplings; right += 1) {
      const [re, im] = entry(subject, to, from, left, right)
      const [backRe, backIm] = entry(subject, from, to, left, right)
      if (Math.abs(re - backRe) + Math.abs(im + backIm) <= accuracy * subject.largest) continue
      return { must: 'give κ(E′,E) = conj κ(E,E′)', but: `gives ${re} + ${im}i ${pairName(subject, to, from)} and ${backRe} + ${backIm}i the other way` }
    }
  }
  return null
})

const positive = (subjects: readonly Subject[], accuracy: number): readonly Fault[] => firstFault(subjects, (subject, to, from) => {
  const { couplings, largest } = subject
  const matrix = zeros(couplings)
  for (let left = 0; left < couplings; left += 1) {
    for (let right = 0; right < couplings; right += 1) {
      const [re, im] = entry(subject, to, from, left, right)
      const [otherRe, otherIm] = entry(subject, to, from, right, left)
      if (Math.abs(re - otherRe) + Math.abs(im + otherIm) > accuracy * largest) {
        return { must: 'give a Hermitian γ in the couplings', but: `gives ${re} + ${im}i and ${otherRe} + ${otherIm}i for (${left}, ${right}) and (${right}, ${left}) ${pairName(subject, to, from)}` }
      }
      matrix.re[left * couplings + right] = re
      matrix.im[left * couplings + right] = im
    }
  }
  const least = smallestEigenvalue(matrix)
  return least < -accuracy * largest ? { must: 'give a positive semidefinite γ', but: `gives one with eigenvalue ${least} ${pairName(subject, to, from)}` } : null
})

/** Doubling B is doubling λ: everything is quadrupled. */
const scales = (subjects: readonly Subject[], doubled: readonly Subject[], accuracy: number): readonly Fault[] => subjects.flatMap((subject, index) =>
  firstFault([subject], (one, to, from) => {
    const two = doubled[index]!
    for (let left = 0; left < one.couplings; left += 1) {
      for (let right = 0; right < one.couplings; right += 1) {
        const [re, im] = entry(one, to, from, left, right)
        const [twiceRe, twiceIm] = entry(two, to, from, left, right)
        if (Math.abs(twiceRe - 4 * re) + Math.abs(twiceIm - 4 * im) <= 4 * accuracy * one.largest) continue
        return { must: 'give four times the rates where couplings are doubled (λ²)', but: `gives ${re} and then ${twiceRe} ${pairName(one, to, from)}` }
      }
    }
    return null
  }))

const outside = (subjects: readonly Subject[], reach: number): readonly Fault[] => firstFault(subjects, (subject, to, from) => {
  const { energies } = subject.bath.windows
  if (Math.abs(energies[to]! - energies[from]!) <= reach) return null
  for (let left = 0; left < subject.couplings; left += 1) {
    for (let right = 0; right < subject.couplings; right += 1) {
      const [re, im] = entry(subject, to, from, left, right)
      if (re !== 0 || im !== 0) return { must: `give zero where no levels are coupled (|E − E′| > ${reach})`, but: `gives ${re} + ${im}i ${pairName(subject, to, from)}` }
    }
  }
  return null
})

/** The same numbers whoever asks, in whatever order, alone or together. */
const repeats = (subjects: readonly Subject[], again: readonly Subject[]): readonly Fault[] => subjects.flatMap((subject, index) => {
  const { correlation, couplings, kappa, windows } = subject
  const size = couplings * couplings
  const other = again[index]!
  if (!kappa.re.every((x, i) => Object.is(x, other.kappa.re[i])) || !kappa.im.every((x, i) => Object.is(x, other.kappa.im[i]))) {
    return [{ must: 'give the same table, bit for bit, when it is made again from the same options', but: 'gives another one' }]
  }
  const pairs = allPairs(windows)
  for (let pair = pairs.to.length - 1; pair >= 0; pair -= 1) {
    const alone = unwritten(size)
    const outcome = correlation.strength({ to: pairs.to.subarray(pair, pair + 1), from: pairs.from.subarray(pair, pair + 1) }, alone)
    const same = outcome._tag === 'Right' && alone.re.every((x, i) => Object.is(x, kappa.re[pair * size + i])) && alone.im.every((x, i) => Object.is(x, kappa.im[pair * size + i]))
    if (!same) return [{ must: 'give a row the same numbers whether it is asked alone or among others, once or twice', but: `does not ${pairName(subject, pairs.to[pair]!, pairs.from[pair]!)}` }]
  }
  return []
})

/** The laws of κ. */
export const strengthLaws = ({ accuracy, again, doubled, reach, restsOn, subjects }: StrengthParts): { readonly laws: readonly Law[]; readonly sound: readonly Law[] } => {
  const isFinite = law({ name: 'every rate is finite', code: 'finite', restsOn, examine: () => finite(subjects()) })
  const sound = [...restsOn, isFinite]
  const isNonNegative = law({ name: 'W ≥ 0', code: 'non-negative', equation: 'Eq. 31', restsOn: sound, examine: () => nonNegative(subjects(), accuracy) })
  const isSymmetric = law({ name: 'symmetry: κ(E′,E) = conj κ(E,E′), hence local detailed balance', code: 'symmetry', equation: 'Eq. 33', restsOn: sound, examine: () => symmetric(subjects(), accuracy) })
  const isPositive = law({ name: 'γ is Hermitian and positive semidefinite in the couplings', code: 'positive', equation: 'Eq. 75', restsOn: [...sound, isNonNegative], examine: () => positive(subjects(), accuracy) })
  const repeatsItself = law({ name: 'same seed, same table', code: 'same-table', restsOn: sound, examine: () => repeats(subjects(), again()) })
  const scalesRightly = law({ name: 'λ² scaling', code: 'scaling', restsOn: [...sound, repeatsItself], examine: () => scales(subjects(), doubled(), accuracy) })
  const endsRightly = law({ name: 'zero outside the spectrum', code: 'outside', restsOn: sound, examine: () => outside(subjects(), reach) })
  return {
    laws: [isFinite, isNonNegative, isSymmetric, isPositive, repeatsItself, scalesRightly, endsRightly],
    sound: [...sound, isNonNegative, isSymmetric, isPositive, repeatsItself],
  }
}
