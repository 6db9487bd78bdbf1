export { eigenstateThermalizationRates } from './eigenstate-thermalization-rates.js'
export type { EigenstateThermalizationOptions } from './eigenstate-thermalization-rates.js'
export type { ComplexNumber, SpectralAmplitude, SpectralChoice, SpectralMatrix, SpectralSamples } from './spectral-choice.js'
export { VERSION } from './version.js'
