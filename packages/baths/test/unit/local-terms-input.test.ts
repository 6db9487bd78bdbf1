import { describe, expect, it } from 'vitest'
import { diagonaliseBath, localTermsBath, spinChainBath, windowBath } from '@mesobath/baths'
import type { LocalTermsBathOptions, SpinChainBathOptions } from '@mesobath/baths'
import { orThrow } from '@mesobath/contracts'
import type { Outcome } from '@mesobath/contracts'

const SIGMA_X = { rows: 2, columns: 2, re: Float64Array.of(0, 1, 1, 0), im: null }
const SIGMA_Z = { rows: 2, columns: 2, re: Float64Array.of(1, 0, 0, -1), im: null }
const ZZ = { rows: 4, columns: 4, re: Float64Array.of(1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1), im: null }

const sound: LocalTermsBathOptions = {
  sites: 4, terms: [{ sites: [0, 1], operator: ZZ }, { sites: [2], operator: SIGMA_X }, { sites: [3], operator: SIGMA_Z }],
  couplings: [[{ sites: [0], operator: SIGMA_X }]], windowWidth: 1,
}
const terms = (more: object): string[] => messages(localTermsBath({ ...sound, ...more }))
const chain = (more: object): string[] => messages(spinChainBath({ spins: 6, bonds: { zz: 1 }, fields: { x: 1 }, couplings: [{ site: 0, operator: 'x' }], windowWidth: 2, ...more } as SpinChainBathOptions))
const messages = (outcome: Outcome<unknown>): string[] => (outcome._tag === 'Right' ? [] : outcome.left.map(({ code, message }) => `${code}: ${message}`))

describe('local terms are refused, every fault at once', () => {
  it('where sites are out of range, repeated or none', () => {
    const found = terms({ terms: [{ sites: [0, 4], operator: ZZ }, { sites: [1, 1], operator: ZZ }, { sites: [], operator: ZZ }, { sites: [0.5], operator: SIGMA_X }] })
    expect(found).toEqual([
      'baths/term-sites: `terms[0].sites[1]` must be a site from 0 to 3, but is 4',
      'baths/term-sites: `terms[1].sites[1]` must differ from the other sites of its term, but repeats 1',
      'baths/term-sites: `terms[2].sites` must name between 1 and 8 sites, but is an array of 0',
      'baths/term-sites: `terms[3].sites[0]` must be a site from 0 to 3, but is 0.5',
    ])
  })

  it('where an operator is not Hermitian, not finite or of another size', () => {
    const found = terms({
      terms: [{ sites: [0], operator: { ...SIGMA_X, re: Float64Array.of(0, 1, 0, 0) } }, { sites: [0], operator: ZZ }],
      couplings: [[{ sites: [1], operator: { ...SIGMA_X, re: Float64Array.of(0, NaN, 1, 0) } }], [{ sites: [1], operator: { ...SIGMA_X, im: Float64Array.of(0, 1, 1, 0) } }], []],
    })
    expect(found).toEqual([
      "baths/term-not-hermitian: `terms[0].operator` must be Hermitian, but elements miss their mirror's conjugate by 1",
      'baths/term-shape: `terms[1].operator` must be a matrix of 2 × 2, the joint dimension of its sites, but is 4 × 4 with 16 elements',
      'baths/term-value: `couplings[0][0].operator[1][0]` must be a finite number, but is NaN',
      "baths/term-not-hermitian: `couplings[1][0].operator` must be Hermitian, but elements miss their mirror's conjugate by 2",
      'baths/terms: `couplings[2]` must hold at least one local term, but is an array of 0',
    ])
  })

  it('where the chain is too large, before anything is allocated', () => {
    expect(chain({ spins: 40 })).toEqual(['baths/too-large: `sites` must give at most 536870912 states to be held as vectors, but gives more: 2^40'])
    const [message] = chain({ spins: 27 })
    expect(message).toMatch(/^baths\/too-large: `sites` must be so few that vectors fit into `memory`, 2\.00 GiB, but 134217728 states would take 10\.0 GiB$/)
    expect(chain({ spins: 12, memory: 1e5 })[0]).toContain('baths/too-large')
  })

  it('where the filter is too blunt for its windows, with the order it takes', () => {
    expect(chain({ order: 50 })[0]).toMatch(/^baths\/filter-order: `order` must be at least 3\d\d for edges of 0\.05 × 2 in a spectrum from -\d.* or windows or `edge` be wider, but is 50$/)
    expect(chain({ windowWidth: 1e-4 })[0]).toMatch(/^baths\/filter-order: `order` must be at least \d{7} .*, but is 20000$/)
    expect(chain({ edge: 0.5 })).toEqual(['baths/filter-edge: `edge` must be a positive number up to 0.2, or windows overlap by more than they keep, but is 0.5'])
  })

  it('where a window holds no states, or states lie in no window', () => {
    const found = chain({ windows: [-12, -4, 0, 30], windowWidth: 4 })
    expect(found).toHaveLength(3)
    expect(found[0]).toMatch(/^baths\/window-empty: `windows\[0\]` must hold levels, but around -12 the filter finds 0/)
    expect(found[1]).toMatch(/^baths\/window-empty: `windows\[3\]` must hold levels, but around 30 the filter finds 0/)
    expect(found[2]).toMatch(/^baths\/level-outside: `windows` must hold the whole spectrum, but about \d/)
  })

  it('where plain options are wrong', () => {
    expect(terms({ sites: 0, windowWidth: -1, vectors: 0, seed: 1.5, edge: 0, order: 1, memory: -1, origin: NaN })).toHaveLength(8)
    expect(terms({ couplings: [] })).toEqual(['baths/couplings: `couplings` must hold at least one coupling operator, but is an array of 0'])
    expect(terms({ localDimension: 1 })).toEqual(['baths/local-dimension: `localDimension` must be an integer of at least 2, but is 1'])
    expect(chain({ spins: 1, boundary: 'closed' })).toHaveLength(2)
    expect(chain({ spins: 2, boundary: 'periodic' })).toEqual(["baths/boundary: `boundary` must be 'open' for two spins, but is 'periodic'"])
    expect(chain({ bonds: { zz: [1, 2] }, fields: { x: Infinity }, couplings: [{ site: 6, operator: 'w' }] })).toEqual([
      'baths/spin-chain: `fields.x` must be a finite number, but is Infinity',
      'baths/spin-chain: `bonds.zz` must be a number or hold 5, but holds 2',
      "baths/spin-chain: `couplings[0].operator` must be 'x', 'y' or 'z', but is 'w'",
      'baths/spin-chain: `couplings[0].site` must be a site from 0 to 5, but is 6',
    ])
    expect(chain({ bonds: {}, fields: {} })).toEqual(['baths/spin-chain: `bonds` must hold a bond or `fields` a field that is not 0, but all are 0'])
  })

  it('where a bath to be diagonalised is not local or too large', async () => {
    const windows = orThrow(windowBath({ windows: [{ energy: 0, volume: 3 }], windowWidth: 1 }))
    expect(messages(await diagonaliseBath(windows))).toEqual(["baths/not-local: `bath` must be given by local terms to be diagonalised, but 'windows' is not"])
    const long = orThrow(spinChainBath({ spins: 13, bonds: { zz: 1 }, couplings: [{ site: 0, operator: 'x' }], windowWidth: 20, vectors: 1 }))
    expect(messages(await diagonaliseBath(long))).toEqual(["baths/too-large: `bath` must have at most 4096 states to be diagonalised, but 'spin-chain' has 8192"])
  })
})
