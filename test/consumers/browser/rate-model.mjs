// What a page pays for the contracts and one rate model.
import { orThrow } from '@mesobath/contracts'
import { randomMatrixRates } from '@mesobath/rates-rmt'

globalThis.used = [orThrow, randomMatrixRates]
