import { describe, expect, it } from 'vitest'
import * as contracts from '@mesobath/contracts'

const { CONTRACT, constantDrive, PAPER } = contracts

describe('contracts', () => {
  it('are types, a version, a citation and a few constructors; nothing that computes', () => {
    expect(Object.keys(contracts).sort()).toEqual(['CONTRACT', 'PAPER', 'constantDrive', 'fail', 'failIfAny', 'issue', 'orThrow', 'succeed'])
    expect(Number.isInteger(CONTRACT)).toBe(true)
  })

  it('cite the paper in BibTeX that closes its braces', () => {
    expect(PAPER.bibtex).toContain(`@article{${PAPER.key},`)
    expect(PAPER.bibtex.split('{').length).toBe(PAPER.bibtex.split('}').length)
    expect(PAPER.bibtex).toContain('10.1103/PRXQuantum.2.010340')
  })
})

describe('constantDrive', () => {
  it('is one constant segment that ends where the run ends, bit for bit', () => {
    const segments = [...constantDrive(Float64Array.of(0, 1), Float64Array.of(0.3)).segments(0.1, 0.1 + 0.2)]
    expect(segments).toHaveLength(1)
    const [segment] = segments
    expect([segment.from, segment.to, segment.constant]).toEqual([0.1, 0.1 + 0.2, true])
    const [energies, strengths] = [new Float64Array(2), new Float64Array(1)]
    segment.energies(0.2, energies)
    segment.strengths(0.2, strengths)
    expect([...energies, ...strengths]).toEqual([0, 1, 0.3])
  })
})
