import type { Entry, Json } from '@mesobath/contracts'

/** An entry with the options it is to be made with, and where they stand below the choice. */
export interface Chosen<T> {
  readonly entry: Entry<T>
  readonly options: Json
  readonly below: readonly string[]
}

type Written = { readonly [key: string]: unknown }

/**
 * The entry that a scenario chooses: by its name with the options beside it, or by its package with the options below `options`. A package
 * never takes a name of the catalogue's own. Null where there is none.
 */
export const chosenEntry = <T>(entries: readonly Entry<T>[], written: string | object, key: 'model' | 'method'): Chosen<T> | null => {
  const choice: Written = typeof written === 'string' ? { [key]: written } : written as Written
  const { [key]: name, package: home, options, ...rest } = choice
  if (home === undefined) {
    const entry = entries.find((each) => each.package === undefined && each.name === name)
    return entry === undefined ? null : { entry, options: { ...rest, ...(options === undefined ? {} : { options }) } as Json, below: [] }
  }
  const own = entries.filter((each) => each.package === home)
  const entry = name === undefined && own.length === 1 ? own[0] : own.find((each) => each.name === name)
  return entry === undefined ? null : { entry, options: (options ?? {}) as Json, below: ['options'] }
}
