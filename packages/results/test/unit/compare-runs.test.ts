import { orThrow } from '@mesobath/contracts'
import { compareRuns, decodeRun, encodeRun, provenanceOf, recordRun } from '@mesobath/results'
import { describe, expect, it } from 'vitest'
import { toyTrajectory } from '../fixtures/toy-run.js'

const record = async (shift: number) => orThrow(await recordRun({ exact: toyTrajectory('exact', 0), markov: toyTrajectory('markov', shift) }))

describe('compareRuns', () => {
  it('finds a run the same as what a file gives back', async () => {
    const run = await record(0.01)
    const again = orThrow(await decodeRun(orThrow(await encodeRun(run))))
    expect(compareRuns(run, again)).toMatchObject({ identical: true, versions: {} })
  })

  it('finds the quantity that moved, and by how much', async () => {
    const { identical, methods } = compareRuns(await record(0.01), await record(0.03))
    expect(identical).toBe(false)
    expect(methods['exact']?.identical).toBe(true)
    const quantities = methods['markov']?.quantities ?? []
    expect(quantities.find(({ quantity }) => quantity === 'populations')?.largest).toBeCloseTo(0.02, 14)
    expect(quantities.filter(({ identical: same }) => !same).map(({ quantity }) => quantity)).toEqual(['populations'])
  })

  it('sees a last bit, a missing method, other shapes and other versions', async () => {
    const run = await record(0)
    const { exact, markov } = run.methods
    const [head, ...rest] = exact!.populations!
    const bit = { ...run, methods: { exact: { ...exact!, populations: Float64Array.of(head! + 2 ** -55, ...rest) } }, versions: { ...run.versions, '@mesobath/results': '9.9.9' } }
    const found = compareRuns(run, bit)
    expect(found.methods['exact']?.identical).toBe(false)
    expect(found.methods['markov']).toBeNull()
    expect(found.versions['@mesobath/results']?.[1]).toBe('9.9.9')
    const shorter = { ...run, methods: { ...run.methods, markov: { ...markov!, populations: markov!.populations!.slice(1) } } }
    expect(compareRuns(run, shorter).methods['markov']?.quantities.find(({ quantity }) => quantity === 'populations')).toMatchObject({ largest: null, identical: false })
  })
})

describe('provenanceOf', () => {
  it('names each work and each package once, the software with its own packages only', async () => {
    const { algorithm } = toyTrajectory('markov', 0).frame
    const own = { ...algorithm, package: '@mesobath/toy', version: '3.2.1' }
    const { citations, versions } = provenanceOf([algorithm, own, algorithm])
    expect(citations.map(({ key }) => key)).toEqual(['Mesobath', 'Paper2021', 'markov'])
    expect(versions).toMatchObject({ '@stranger/markov': '1.2.3', '@mesobath/toy': '3.2.1' })
    expect(citations[0]?.bibtex).toContain('@mesobath/toy 3.2.1')
    expect(citations[0]?.bibtex).not.toContain('@stranger')
  })
})
