import type { ComplexMatrix, Outcome, Planes } from '@mesobath/contracts'
import { fail, issue, succeed } from '@mesobath/contracts'
import type { SpectralAmplitude, SpectralChoice, SpectralMatrix } from '../spectral-choice.js'
import type { Reader } from './reader.js'
import { samplesReader } from './samples-reader.js'

const PATH = ['rates', 'spectralFunction'] as const

const amplitudeReader = ({ f }: SpectralAmplitude): Reader => (meanEnergy, frequency, out) => {
  const value = f(meanEnergy, frequency)
  const re = typeof value === 'number' ? value : value[0]
  const im = typeof value === 'number' ? 0 : value[1]
  out.re[0] = re * re + im * im
  out.im[0] = 0
  return null
}

const matrixReader = ({ matrix }: SpectralMatrix, couplings: number): Reader => (meanEnergy, frequency, out) => {
  const value: ComplexMatrix = matrix(meanEnergy, frequency)
  if (value.rows !== couplings || value.columns !== couplings || value.re.length !== couplings * couplings) {
    return issue('rates-eth/shape', PATH, `\`spectralFunction.matrix\` must give a ${couplings} × ${couplings} matrix, one row per coupling, but gives ${value.rows} × ${value.columns}`)
  }
  out.re.set(value.re)
  if (value.im === null) out.im.fill(0)
  else out.im.set(value.im)
  return null
}

/** Makes the reader of a spectral function; faulty samples are told here, all at once. */
export const spectralReader = (choice: SpectralChoice, couplings: number): Outcome<Reader> => {
  if ('samples' in choice) return samplesReader(choice, couplings)
  if ('matrix' in choice) return succeed(matrixReader(choice, couplings))
  if ('evaluate' in choice) {
    return succeed((meanEnergy, frequency, out) => {
      // Whoever wrote only a real part must not leave the last one's imaginary part behind.
      out.im.fill(0)
      choice.evaluate(meanEnergy, frequency, out as Planes)
      return null
    })
  }
  return couplings === 1
    ? succeed(amplitudeReader(choice))
    : fail(issue('rates-eth/shape', PATH, `\`spectralFunction.f\` must belong to a bath of one coupling operator, but there are ${couplings}: give \`spectralFunction.matrix\``))
}
