// The documentation site builds, and no page of prose links to a file that is not there.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { local, pages } from '../lib/workspace.mjs'
import { checkThat, failed, passed, startNode } from './check.mjs'

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
