// One rate model, and nothing else.
import { randomMatrixRates } from '@mesobath/rates-rmt'

const rates = randomMatrixRates()
const needs: readonly string[] = rates.needs
if (!needs.includes('ensemble')) throw new Error('random-matrix rates come from an ensemble')
