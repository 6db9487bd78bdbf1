import { orThrow } from '@mesobath/contracts'
import { densityOfStatesBath } from '@mesobath/baths'
import { describe, expect, it } from 'vitest'

/** ln ∫ over a window of e^{a + βe} = a + βE + ln(2 sinh(βδ/2)/β), for any slope. */
const exponential = (offset: number, slope: number, centre: number, width: number): number => {
  const half = 0.5 * slope * width
  return offset + slope * centre + half + Math.log1p(-Math.exp(-2 * half)) - Math.log(slope)
}

describe('ln V_E = ln ∫ g', () => {
  it('of an exponential density, in closed form, not ln(g δ)', () => {
    const bath = orThrow(densityOfStatesBath({ density: (e) => Math.exp(3 * e), windows: [0, 1, 2.5], windowWidth: 1 }))
    bath.windows.energies.forEach((centre, i) => {
      expect(bath.windows.logVolumes[i]).toBeCloseTo(exponential(0, 3, centre, 1), 11)
      expect(Math.abs(bath.windows.logVolumes[i]! - 3 * centre)).toBeGreaterThan(0.3)
    })
  })

  it.each([0.01, 1, 30, 1e4, 1e6])('of a log density of size 1e5 and slope %d', (slope) => {
    const bath = orThrow(densityOfStatesBath({ logDensity: (e) => 1e5 + slope * e, windows: [-1, 0, 0.5], windowWidth: 0.5 }))
    bath.windows.energies.forEach((centre, i) => {
      const expected = exponential(1e5, slope, centre, 0.5)
      expect(Math.abs(bath.windows.logVolumes[i]! - expected)).toBeLessThan(1e-13 * Math.max(1e5, Math.abs(expected)) + 1e-9)
    })
  })

  it('of a polynomial density and of a range of windows', () => {
    const bath = orThrow(densityOfStatesBath({ density: (e) => e * e, windows: { from: 0, to: 3 }, windowWidth: 0.3 }))
    expect(bath.windows.energies.length).toBe(10)
    bath.windows.energies.forEach((centre, i) => {
      const [lower, upper] = [centre - 0.15, centre + 0.15]
      expect(bath.windows.logVolumes[i]).toBeCloseTo(Math.log((upper ** 3 - lower ** 3) / 3), 11)
    })
  })

  it('of a narrow peak inside a window', () => {
    const width = 1e-3
    const bath = orThrow(densityOfStatesBath({ density: (e) => 1 + 1e6 * Math.exp(-0.5 * ((e - 0.111) / width) ** 2), windows: [0], windowWidth: 1 }))
    expect(bath.windows.logVolumes[0]).toBeCloseTo(Math.log(1 + 1e6 * width * Math.sqrt(2 * Math.PI)), 9)
  })

  it('hands the spectral function on and cannot be realised', () => {
    const spectralFunction = { evaluate: () => undefined }
    const bath = orThrow(densityOfStatesBath({ density: () => 2, windows: [0], windowWidth: 1, spectralFunction, couplings: 2 }))
    expect(bath.can).toEqual({ spectralFunction })
    expect(bath.can.microscopic).toBeUndefined()
    expect(bath).toMatchObject({ name: 'density-of-states', couplings: 2, recipe: null })
  })
})
