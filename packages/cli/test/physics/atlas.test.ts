import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { orThrow } from '@mesobath/contracts'
import { readRun } from '@mesobath/results/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FIGURES } from '../../src/figures/all-figures.js'
import { atlasDocument } from '../../src/figures/atlas-document.js'
import { check, checkMedian, largestGap, median, smallestDifference, smallestStep } from '../../src/figures/checks.js'
import { REALISATIONS } from '../../src/figures/decay-figure.js'
import { RESONANT_PAIRS } from '../../src/figures/decays.js'
import { makeFigures } from '../../src/figures/make-figures.js'
import type { MadeFigure } from '../../src/figures/make-figures.js'
import { runHere, temporaryFolder } from '../fixtures/run-here.js'

/** The driven figures share one run; with Figs. 6 and 7 they take seconds. Figs. 2, 8 and 9 and the comparison of memories are made of the same parts. */
const NAMES = ['fig3', 'fig4', 'fig5', 'fig6', 'fig7']
const TIMEOUT = 300_000

let folder = ''
let made: readonly MadeFigure[] = []

beforeAll(async () => {
  folder = await temporaryFolder()
  const end = await makeFigures(FIGURES.filter(({ name }) => NAMES.includes(name)), { folder, signal: { aborted: false }, reduced: true })
  if (end.kind !== 'done') throw new Error(JSON.stringify(end))
  made = end.result
}, TIMEOUT)

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('the reduced atlas', () => {
  it.each(NAMES)('%s: every number agrees with what must come out', (name) => {
    const { drawn } = made.find(({ figure }) => figure.name === name) ?? { drawn: { checks: [] } }
    expect(drawn.checks.length).toBeGreaterThan(0)
    expect(drawn.checks.filter((each) => !each.agrees)).toEqual([])
  })

  it('leaves picture, data and summary of each figure', async () => {
    for (const name of NAMES) {
      const files = await readdir(join(folder, name))
      expect(files).toEqual(expect.arrayContaining(['figure.png', 'figure.svg', 'summary.json']))
      const summary = JSON.parse(await readFile(join(folder, name, 'summary.json'), 'utf8')) as Record<string, unknown>
      expect(summary).toMatchObject({ figure: name, reduced: true, agrees: true, claim: expect.any(String), wallTime: expect.any(Number) })
    }
    expect(await readFile(join(folder, 'fig6', 'line-shape.csv'), 'utf8')).toMatch(/^mismatch_over_width,real,imaginary\n-4,/)
    expect(await readdir(join(folder, 'fig3', 'run'))).toEqual(expect.arrayContaining(['run.h5', 'populations.csv', 'thermodynamics.csv', 'scenario.yaml']))
    // One run serves two figures, and stands in both folders.
    expect(await readFile(join(folder, 'fig5', 'run', 'populations.csv'))).toEqual(await readFile(join(folder, 'fig3', 'run', 'populations.csv')))
    const run = orThrow(await readRun(join(folder, 'fig4', 'run', 'run.h5')))
    expect(run.methods['markov']?.thermodynamics?.laws.length).toBeGreaterThan(5)
  })

  it('shades the half periods in which the upper level is raised', async () => {
    expect(await readFile(join(folder, 'fig4', 'figure.svg'), 'utf8')).toContain('#e9e9e9')
  })

  it('becomes a page that says of each figure what was claimed and measured', () => {
    const page = atlasDocument(made, (name) => `images/${name}.png`)
    for (const { figure, drawn } of made) {
      expect(page).toContain(`## ${figure.title}`)
      expect(page).toContain(`](images/${figure.name}.png)`)
      expect(page).toContain(figure.claim)
      for (const { quantity } of drawn.checks) expect(page).toContain(quantity.replaceAll('|', '\\|'))
    }
    expect(page).toContain('period: 240')
    expect(page).not.toContain('**deviates**')
    expect(page).not.toMatch(/wall|seconds/)
  })

  it('says on the page what deviates', () => {
    const [fig3, ...rest] = made
    if (fig3 === undefined) throw new Error('no figure was made')
    const [one, ...others] = fig3.drawn.checks
    if (one === undefined) throw new Error('nothing was checked')
    const off: MadeFigure = { ...fig3, drawn: { ...fig3.drawn, checks: [{ ...one, measured: 0.5, agrees: false }, ...others] } }
    const page = atlasDocument([off, ...rest], (name) => `${name}.png`)
    expect(page).toContain(`**Deviating:** ${one.quantity} is 0.5, expected ${one.expected}`)
    expect(page).toContain('**deviates**')
    expect(page).toContain(`| ${others.length} of ${others.length + 1} |`)
  })

  it('compares the median over realisations where levels are few, and keeps them all', async () => {
    const fig7 = made.find(({ figure }) => figure.name === 'fig7')
    expect(fig7?.drawn.checks.map(({ realisations }) => realisations?.length)).toEqual([REALISATIONS, REALISATIONS])
    for (const each of fig7?.drawn.checks ?? []) expect(each.measured).toBe(median(each.realisations ?? []))
    expect((await readdir(join(folder, 'fig7', 'realisations'))).length).toBe(2 * (REALISATIONS - 1))
    const rows = (await readFile(join(folder, 'fig7', 'realisations.csv'), 'utf8')).trimEnd().split('\n')
    expect(rows.length).toBe(1 + 2 * REALISATIONS)
    const summary = JSON.parse(await readFile(join(folder, 'fig7', 'summary.json'), 'utf8')) as { panels: Record<string, unknown> }
    expect(Object.keys(summary.panels)).toEqual(['20-40-regular', '20-40-random', '20-40-half'])
  })
})

/** Uniform numbers in (0, 1) that share nothing with the project: the minimal standard of Park and Miller. */
const parkMiller = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}

describe('Fig. 8 with 20 and 40 regular levels', () => {
  it('is that many spins turning on their own: medians of their deviation from the master equation fill the range expected', () => {
    const [pairs, strength, times, repeats] = [20, 5e-4, 361, 200]
    const relaxation = 2 * Math.PI * strength ** 2 * 60 / 0.5
    const uniform = parkMiller(1)
    const deviation = (): number => {
      // |c| of a complex Gaussian of unit variance.
      const frequencies = Array.from({ length: pairs }, () => strength * Math.sqrt(-Math.log(uniform())))
      return Math.max(...Array.from({ length: times }, (_, i) => {
        const time = (8 / relaxation) * i / (times - 1)
        const turning = frequencies.reduce((sum, frequency) => sum + Math.cos(frequency * time) ** 2 / pairs, 0)
        return Math.abs(turning - (1 / 3 + 2 / 3 * Math.exp(-relaxation * time)))
      }))
    }
    const medians = Array.from({ length: repeats }, () => median(Array.from({ length: REALISATIONS }, deviation)))
    const { least = NaN, most = NaN } = RESONANT_PAIRS
    expect(median(medians)).toBeCloseTo(0.39, 2)
    // 98 of 100 lie inside; fewer would mean a range too narrow, and none within a tenth of its ends one too wide.
    expect(medians.filter((value) => value >= least && value <= most).length).toBeGreaterThan(0.94 * repeats)
    expect(Math.min(...medians)).toBeLessThan(least + 0.02)
    expect(Math.max(...medians)).toBeGreaterThan(most - 0.02)
  })
})

describe('mesobath figure', () => {
  it('says what must come out, and refuses a figure that there is not', async () => {
    const { code, out } = await runHere(folder, ['figure', 'fig6', '--out', 'again', '--check'])
    expect(code).toBe(0)
    expect(out).toMatch(/real part at Ω = 0 +1\/2 +0\.5 +agrees/)
    expect((await runHere(folder, ['figure', 'fig1'])).code).toBe(2)
  })
})

describe('check', () => {
  it('agrees within the ends and the slack, and never with what was not measured', () => {
    expect(check('x', 1.05, { least: 0, most: 1, slack: 0.1 })).toMatchObject({ agrees: true, expected: '0 to 1 (± 0.1)', least: -0.1, most: 1.1 })
    expect(check('x', 1.2, { least: 0, most: 1, slack: 0.1 }).agrees).toBe(false)
    expect(check('x', NaN, {}).agrees).toBe(false)
    expect(check('x', 3, { least: 2 })).toMatchObject({ agrees: true, expected: 'at least 2', most: null })
    expect(check('x', 3, { most: 2 }).agrees).toBe(false)
  })

  it('takes the middle one of several', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(median([1, NaN, 2])).toBeNaN()
    expect(checkMedian('x', [0.1, 9, 0.2], { most: 1 })).toMatchObject({ measured: 0.2, agrees: true, realisations: [0.1, 9, 0.2] })
  })

  it('measures gaps and steps where there are numbers', () => {
    expect(largestGap([1, NaN, 3], [1.5, 0, 2])).toBe(1)
    expect(largestGap([NaN], [1])).toBeNaN()
    expect(smallestDifference([1, 5, NaN], [3, 4, 0])).toBe(-2)
    expect(smallestStep([0, 2, 1.5, 4])).toBe(-0.5)
  })
})
