// Style of the language is TypeScript's and typescript-eslint's business; the rules spelled out here are the project's own.
// Arrows, host globals and Math members come from scripts/arrows.mjs, the table that the boundary check reads too.
import { builtinModules } from 'node:module'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'
import { ARROWS, ENGINE_MATH_FOLDERS, EXACT_MATH, FORBIDDEN_TO_ORACLES, HOST_GLOBALS, NODE_FOLDERS } from './scripts/arrows.mjs'

const NODE_MODULES = builtinModules.flatMap((name) => (name.startsWith('_') ? [] : [name, `node:${name}`]))

const exportRules = [
  { selector: 'ExportAllDeclaration', message: 'List the names: export * hides what a package offers.' },
  { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
  { selector: 'TSEnumDeclaration', message: 'Use a union of literals: an enum is run-time code.' },
]

const sameBitsRules = [
  {
    selector: `MemberExpression[object.name='Math']:not([property.name=/^(${EXACT_MATH.join('|')})$/])`,
    message: 'This member of Math differs between engines; take it from @mesobath/kernels.',
  },
  {
    selector: "VariableDeclarator[init.name='Math']",
    message: 'Name the members of Math where they are used, so that the linter sees them.',
  },
  { selector: "BinaryExpression[operator='**']", message: '** differs between engines; multiply, or use exp and log from @mesobath/kernels.' },
  { selector: "AssignmentExpression[operator='**=']", message: '**= differs between engines; multiply.' },
]

const forbidden = (name) => Object.keys(ARROWS)
  .filter((other) => other !== name && !ARROWS[name].includes(other))
  .map((other) => ({ regex: `^@mesobath/${other}(/|$)`, message: `${name} must not import ${other}: see scripts/arrows.mjs.` }))

/** Rules of one package; a rule is given once with everything in it, because a later entry replaces an earlier one. */
const packageRules = (name, numerical) => ({
  'no-restricted-syntax': ['error', ...exportRules, ...(numerical && !ENGINE_MATH_FOLDERS.includes(`packages/${name}/src`) ? sameBitsRules : [])],
  'no-restricted-imports': ['error', {
    paths: numerical ? NODE_MODULES.map((module) => ({ name: module, message: 'Numerical code runs in browsers too.' })) : [],
    patterns: [
      ...forbidden(name),
      { regex: `^@mesobath/${name}(/|$)`, message: 'Own files are imported by path.' },
      { regex: '^@mesobath/[^/]+/(dist|src)(/|$)', message: 'Siblings are imported through what they export.' },
    ],
  }],
  ...(numerical ? { 'no-restricted-globals': ['error', ...HOST_GLOBALS] } : {}),
})

export default defineConfig(
  globalIgnores(['**/dist/', '**/out/', '**/node_modules/', 'docs/api/', '.cache/', 'packages/kernels/assembly/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.mts'],
    extends: [tseslint.configs.recommended],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-ignore': true, 'ts-nocheck': true, 'ts-expect-error': 'allow-with-description' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      'no-restricted-syntax': ['error', ...exportRules],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
      'no-var': 'error',
    },
  },
  {
    // The few rules that need types are those about promises: a forgotten await is a run that nobody waits for.
    files: ['packages/*/src/**/*.ts', 'packages/*/test/**/*.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
    },
  },
  ...Object.keys(ARROWS).map((name) => ({
    files: [`packages/${name}/src/**/*.ts`],
    ignores: NODE_FOLDERS.map((folder) => `${folder}/**`),
    rules: packageRules(name, true),
  })),
  ...NODE_FOLDERS.map((folder) => ({
    files: [`${folder}/**/*.ts`],
    rules: packageRules(folder.split('/')[1], false),
  })),
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: ['packages/cli/**'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['packages/*/test/oracles/**', 'packages/*/test/**/oracles/**', 'test/oracles/**'],
    rules: {
      'no-restricted-imports': ['error', {
        patterns: [
          { regex: `^@mesobath/(${FORBIDDEN_TO_ORACLES.join('|')})(/|$)`, message: 'An oracle shares nothing with what it checks.' },
          { regex: '/src/', message: 'An oracle shares nothing with what it checks.' },
        ],
      }],
    },
  },
  {
    // Configuration files must export by default: their tools ask for it.
    files: ['*.config.ts', '*.config.mjs'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    rules: { eqeqeq: ['error', 'always', { null: 'ignore' }], 'prefer-const': 'error', 'no-var': 'error', 'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }] },
  },
)
