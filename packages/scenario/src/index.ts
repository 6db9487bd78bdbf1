export { VERSION } from './version.js'
export { buildProblem } from './build-problem.js'
export type { BuildOptions, BuiltMethod, BuiltScenario, LedgerRequest } from './built-scenario.js'
export { createRates } from './create-rates.js'
export type { DriveRequest } from './drive-request.js'
export { formatScenario } from './format-scenario.js'
export { loadScenario } from './load-scenario.js'
export { packageReferences } from './package-references.js'
export type { PackageReference } from './package-references.js'
export { parseScenario } from './parse-scenario.js'
export { scenarioSchema } from './schema.js'
export { scenarioIssue } from './internal/relocate.js'
export { parseSize } from './size.js'
export type {
  MethodChoice, ModelChoice, PackageChoice, PackageMethod, Scenario, ScenarioAttachment, ScenarioBathState, ScenarioDrive, ScenarioInitial, ScenarioMatrix, ScenarioNumber,
  ScenarioSystemState, ScenarioMachine, ScenarioThermodynamics,
} from './scenario.js'
