import { succeed } from '@mesobath/contracts'
import type { Finding, Outcome } from '@mesobath/contracts'
import { ledgerRecord } from '@mesobath/results'
import type { LedgerRecord } from '@mesobath/results'
import type { ScenarioMachine } from '@mesobath/scenario'
import { machineSeries, machineTable, thermodynamicsTable } from '@mesobath/thermodynamics'
import type { Ledger, MachineSeries } from '@mesobath/thermodynamics'

/** A period that leads from no sample to another leaves nothing to tell: that is said, not passed over. */
const unmetPeriod = ({ period, storedEnergy }: MachineSeries): readonly Finding[] => {
  const counted = storedEnergy.reduce((sum, value) => (Number.isNaN(value) ? sum : sum + 1), 0)
  return period === null || counted > 0 ? [] : [{
    code: 'cli/machine-period', quantity: 'samples that have another one a period before', value: counted, bound: 1, verdict: 'fails',
    message: `no two samples are the machine's period of ${period} apart, so its work and heats are left out: choose output times that meet it`,
  }]
}

/** A ledger as files hold it, with the series of the machine that it was asked for. */
export const keepLedger = (books: Ledger, machine: ScenarioMachine | null): Outcome<LedgerRecord> => {
  const columns = thermodynamicsTable(books)
  if (machine === null) return succeed(ledgerRecord(columns, books))
  const series = machineSeries(books, machine, machine)
  if (series._tag === 'Left') return series
  return succeed(ledgerRecord([...columns, ...machineTable(series.right)], { laws: books.laws, findings: [...books.findings, ...unmetPeriod(series.right)] }))
}
