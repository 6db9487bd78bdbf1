import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { katex } from '@mdit/plugin-katex'
import { defineConfig } from 'vitepress'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

/** Written by typedoc beside its pages. */
const reference = () => (existsSync(here('../api/typedoc-sidebar.json')) ? JSON.parse(readFileSync(here('../api/typedoc-sidebar.json'), 'utf8')) : [])

const page = (text, link) => ({ text, link })

/** Links to files of the repository that are no pages of the site: they stay what they are in the sources. */
const OUTSIDE = [/^\.?\.?\/.*(packages|examples|scripts|test)(\/|$)/, /CITATION|CONTRIBUTING|LICENSE/, /^\.\/(packages|examples)/]

export default defineConfig({
  title: 'Mesobath',
  description: 'Quantum systems coupled to finite baths',
  outDir: here('../../out/docs'),
  cacheDir: here('../../.cache/vitepress'),
  base: process.env.DOCS_BASE ?? '/',
  cleanUrls: true,
  ignoreDeadLinks: OUTSIDE,
  srcExclude: ['decisions/README.md', 'interfaces/**'],
  // Braces are mathematics here, not attributes of elements.
  markdown: { attrs: { disable: true }, config: (md) => { md.use(katex) } },
  vite: { build: { chunkSizeWarningLimit: 4000 } },
  themeConfig: {
    search: { provider: 'local' },
    nav: [page('Guides', '/guides/first-run'), page('Atlas', '/atlas'), page('Reference', '/api/')],
    outline: [2, 3],
    sidebar: {
      '/api/': [{ text: 'Packages', items: reference() }],
      '/': [
        {
          text: 'Guides', items: [
            page('First run in five minutes', '/guides/first-run'),
            page('Coming from QuTiP', '/guides/coming-from-qutip'),
            page('Choosing δ, λ and V', '/guides/choosing-parameters'),
            page('The thermodynamic ledger', '/guides/thermodynamics'),
            page('Several baths and machines', '/guides/several-baths'),
            page('Writing a rate model', '/guides/writing-a-rate-model'),
            page('Writing a bath', '/guides/writing-a-bath'),
            page('Publishing a plug-in', '/plug-ins'),
            page('File formats', '/guides/file-formats'),
          ],
        },
        {
          text: 'The physics', items: [
            page('Conventions', '/conventions'), page('Equations', '/equations'), page('Errata of the paper', '/errata'), page('Atlas of figures', '/atlas'), page('Machines', '/machines'),
          ],
        },
        {
          text: 'The software', items: [
            page('Architecture', '/architecture'), page('Benchmarks', '/benchmarks'), page('Versions and citation', '/versioning'), page('Reference', '/api/'),
          ],
        },
      ],
    },
  },
})
