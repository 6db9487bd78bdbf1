import { stringify } from 'yaml'
import type { Scenario } from './scenario.js'

const LINE_WIDTH = 120

/** Scenario → YAML text; parsing it gives the same scenario back, digit for digit. */
export const formatScenario = (scenario: Scenario): string => stringify(scenario, { lineWidth: LINE_WIDTH, collectionStyle: 'any' })
