import { succeed } from '@mesobath/contracts'
import type { Attachment, Catalogue, Drive, Json, Outcome, Resources } from '@mesobath/contracts'
import type { DriveRequest } from '../drive-request.js'
import type { ScenarioDrive } from '../scenario.js'
import { movedAll } from './relocate.js'

/** The entry a scenario's drive is made by, and its options: the first of the catalogue where no `model` is named. */
const chosen = (written: ScenarioDrive, catalogue: Catalogue) => {
  if (Array.isArray(written) || !('model' in written)) return { entry: catalogue.drives[0], options: written as Json }
  const { model, ...options } = written as { readonly [option: string]: Json }
  return { entry: catalogue.drives.find((each) => each.name === model), options: options as Json }
}

/** What an entry objects to of the energies and strengths is found by the check of the problem, at its own place. */
const OTHERS = ['energies', 'strengths', 'range']

/** The drive of a scenario; null where there is none. Energies, strengths and times must be sound. */
export const toDrive = async (
  written: ScenarioDrive | undefined, energies: Float64Array, attachments: readonly Attachment[], times: Float64Array,
  catalogue: Catalogue, resources: Resources,
): Promise<Outcome<Drive | null>> => {
  if (written === undefined) return succeed(null)
  const { entry, options } = chosen(written, catalogue)
  if (entry === undefined) return succeed(null)
  const [from, to] = [times[0] ?? NaN, times.at(-1) ?? NaN]
  const request: DriveRequest = {
    options, energies: [...energies], strengths: attachments.map((each) => each.strength), labels: attachments.map((each) => each.label),
    range: to > from ? { from, to } : null,
  }
  const made = await entry.create(request as unknown as Json, catalogue, resources)
  if (made._tag === 'Right') return made
  const own = made.left.filter(({ path }) => !OTHERS.includes(String(path[0])))
  const [first, ...rest] = own
  return first === undefined ? succeed(null) : movedAll(['drive'], { _tag: 'Left', left: [first, ...rest] })
}
