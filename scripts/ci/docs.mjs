// The documentation site builds, and no page of prose links to a file that is not there.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { filesUnder, local, root } from '../lib/workspace.mjs'
import { checkThat, failed, passed, startNode } from './check.mjs'

const pages = () => [
  ...readdirSync(root).filter((name) => name.endsWith('.md')).map((name) => join(root, name)),
  ...['docs', 'packages', 'examples', 'test'].flatMap((folder) => filesUnder(join(root, folder), ['.md'])),
].filter((path) => !local(path).startsWith('docs/api/'))

const linksOf = (path) => [...readFileSync(path, 'utf8').replace(/```[\s\S]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target)

const deadLinks = () => pages().flatMap((path) => linksOf(path)
  .filter((target) => !/^([a-z]+:|#)/.test(target) && !existsSync(resolve(dirname(path), decodeURI(target.replace(/#.*$/, '')))))
  .map((target) => `${local(path)} links to ${target}`))

export const run = async () => {
  const dead = deadLinks()
  const links = 'links between pages'
  return [
    checkThat('the site builds: reference without a warning, pages without a dead link', await startNode('scripts/docs.mjs')),
    dead.length === 0 ? passed(links) : failed(links, dead.join('\n')),
  ]
}
