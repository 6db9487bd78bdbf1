import { orThrow } from '@mesobath/contracts'
import { describe, expect, it } from 'vitest'
import { decodeRun, encodeRun, ledgerRecord, recordRun, thermodynamicsCsv } from '@mesobath/results'
import type { LedgerRecord } from '@mesobath/results'
import { TIMES, toyTrajectory } from '../fixtures/toy-run.js'

const column = (name: string, values: readonly number[]) => ({ name, unit: 'nat', description: `what ${name} is`, values: Float64Array.from(values) })

const ledger: LedgerRecord = ledgerRecord(
  [
    column('times', [...TIMES]), column('work', [0, 0, 0.1 + 0.2, 1, Math.PI]), column('heat/bath', [0, -1, -1, NaN, 2]),
    column('inverseTemperature/bath', [Infinity, -Infinity, NaN, -0.5, 0]), column('relativeEntropy/0.5', [1, 2, 3, 4, 5]),
  ],
  {
    laws: [{
      law: 'a law', equation: '60', premises: [{ name: 'a premise', holds: false }], largestViolation: Infinity, time: 2, bound: 1e-9, verdict: 'not a law here', message: 'größer',
    }],
    findings: [{ code: 'toy/x', quantity: 'x', value: NaN, bound: 1, verdict: 'doubt', message: 'hm' }],
  },
)

const record = () => recordRun({ exact: toyTrajectory('exact', 0), 'markov-2': toyTrajectory('markov', 0.01) }, { thermodynamics: { 'markov-2': ledger } })

describe('a ledger in a run file', () => {
  it('comes back bit for bit: series in their order, infinities, laws and findings', async () => {
    const written = orThrow(await record())
    const read = orThrow(await decodeRun(orThrow(await encodeRun(written))))
    expect(read).toEqual(written)
    expect(Object.keys(read.methods['markov-2']?.thermodynamics?.series ?? {})).toEqual(['work', 'heat/bath', 'inverseTemperature/bath', 'relativeEntropy/0.5'])
    expect(read.methods['exact']?.thermodynamics).toBeNull()
  })

  it('is refused where it belongs to no method or has other times', async () => {
    expect(await recordRun({ exact: toyTrajectory('exact', 0) }, { thermodynamics: { markov: ledger } })).toMatchObject({ left: [{ code: 'results/ledger-of-nothing' }] })
    const short: LedgerRecord = { ...ledger, series: { work: { unit: '', description: '', values: Float64Array.of(1) } } }
    expect(await recordRun({ exact: toyTrajectory('exact', 0) }, { thermodynamics: { exact: short } })).toMatchObject({ left: [{ code: 'results/ledger-length', path: ['thermodynamics', 'exact', 'work'] }] })
  })
})

describe('thermodynamicsCsv', () => {
  it('has one number per row, a stop twice, and reads back to the same bits', async () => {
    const text = thermodynamicsCsv(orThrow(await record())) ?? ''
    const [head = '', ...lines] = text.trimEnd().split('\n')
    const names = head.split(',')
    expect(names).toEqual(['method', 'time', 'side', 'series', 'bath', 'unit', 'value'])
    const rows = lines.map((each): Readonly<Record<string, string>> => Object.fromEntries(each.split(',').map((cell, index) => [names[index] ?? '', cell])))
    const work = rows.filter((row) => row['series'] === 'work')
    expect(work.map((row) => row['side'])).toEqual(['after', 'before', 'after', 'after', 'after'])
    expect(work.map((row) => Number(row['value']))).toEqual([0, 0, 0.1 + 0.2, 1, Math.PI])
    // What was not measured has no row; what is infinite has one.
    expect(rows.filter((row) => row['series'] === 'heat')).toMatchObject([{ bath: 'bath' }, {}, {}, {}])
    expect(rows.filter((row) => row['series'] === 'inverseTemperature').map((row) => Number(row['value']))).toEqual([Infinity, -Infinity, -0.5, 0])
    expect(rows.find((row) => row['series'] === 'relativeEntropy/0.5')).toMatchObject({ bath: '' })
  })

  it('is nothing where no ledger was kept', async () => {
    expect(thermodynamicsCsv(orThrow(await recordRun({ exact: toyTrajectory('exact', 0) })))).toBeNull()
  })
})
