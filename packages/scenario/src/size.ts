import { fail, issue, succeed } from '@mesobath/contracts'
import type { Outcome } from '@mesobath/contracts'

const UNITS: Readonly<Record<string, number>> = {
  '': 1, b: 1,
  k: 1024, kb: 1e3, kib: 1024,
  m: 1048576, mb: 1e6, mib: 1048576,
  g: 1073741824, gb: 1e9, gib: 1073741824,
  t: 1099511627776, tb: 1e12, tib: 1099511627776,
}

/** A size of memory as people write it ('4 GiB', '500MB', '2g', 1048576) in bytes. Issue: `scenario/size`, at `path`. */
export const parseSize = (text: string | number, path: readonly (string | number)[] = ['memory']): Outcome<number> => {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(text))
  const unit = match === null ? undefined : UNITS[(match[2] ?? '').toLowerCase()]
  const bytes = match === null || unit === undefined ? NaN : Math.floor(Number(match[1]) * unit)
  return bytes >= 1
    ? succeed(bytes)
    : fail(issue('scenario/size', path, `\`${path.join('.')}\` must be a size such as 2GiB or 500MB, but is ${JSON.stringify(text)}`))
}
