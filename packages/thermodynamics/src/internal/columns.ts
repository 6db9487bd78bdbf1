/** Series that grow by one number per sample: all that is kept of a run. */
export class Columns<Name extends string> {
  readonly #names: readonly Name[]
  readonly #values: readonly number[][]

  constructor(names: readonly Name[]) {
    this.#names = names
    this.#values = names.map(() => [])
  }

  push(row: Readonly<Record<Name, number>>): void {
    for (let i = 0; i < this.#names.length; i++) this.#values[i].push(row[this.#names[i]])
  }

  finish(): Readonly<Record<Name, Float64Array>> {
    return Object.fromEntries(this.#names.map((name, i) => [name, Float64Array.from(this.#values[i])])) as Record<Name, Float64Array>
  }
}
