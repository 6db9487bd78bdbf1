import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { orThrow } from '@mesobath/contracts'
import { readRun } from '@mesobath/results/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FIGURES } from '../../src/figures/all-figures.js'
import { atlasDocument } from '../../src/figures/atlas-document.js'
import { check, largestGap, smallestDifference, smallestStep } from '../../src/figures/checks.js'
import { makeFigures } from '../../src/figures/make-figures.js'
import type { MadeFigure } from '../../src/figures/make-figures.js'
import { runHere, temporaryFolder } from '../fixtures/run-here.js'

/** The driven figures share one run; with Figs. 6 and 7 they take seconds. Figs. 2, 8 and 9 are made of the same parts as Fig. 7. */
const NAMES = ['fig3', 'fig4', 'fig5', 'fig6', 'fig7']
const TIMEOUT = 120_000

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
    expect(page).not.toContain('**disagrees**')
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

  it('measures gaps and steps where there are numbers', () => {
    expect(largestGap([1, NaN, 3], [1.5, 0, 2])).toBe(1)
    expect(largestGap([NaN], [1])).toBeNaN()
    expect(smallestDifference([1, 5, NaN], [3, 4, 0])).toBe(-2)
    expect(smallestStep([0, 2, 1.5, 4])).toBe(-0.5)
  })
})
