import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hideSmallGroups, type Published, TOGETHER } from '../../../../src/features/reports/association/small-groups.ts'
import type { Row } from '../../../../src/features/reports/report.ts'

const COLUMNS = ['applicants', 'participants', 'matched'].map((key) => ({ key }))

/** A table of these rows, each with its applicants, participants and matched. */
function tableOf(values: readonly (readonly number[])[]) {
  const countsOf = (value: readonly number[]) => Object.fromEntries(COLUMNS.map(({ key }, at) => [key, value[at] ?? 0]))
  const rows: Row[] = values.map((value, at) => ({ key: `row ${at}`, name: `Row ${at}`, counts: countsOf(value) }))
  const sums = COLUMNS.map((_, at) => values.reduce((sum, value) => sum + (value[at] ?? 0), 0))
  return { columns: COLUMNS, rows, total: { key: 'total', name: 'Total', counts: countsOf(sums) } }
}

const aRow = fc
  .tuple(fc.nat({ max: 40 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([all, share, further]) => {
    const applicants = 1 + (all > 20 ? all * 3 : Math.floor(all / 3))
    const participants = Math.floor(applicants * share)
    return [applicants, participants, Math.floor(participants * further)]
  })
const aTable = fc.array(aRow, { minLength: 1, maxLength: 30 }).map(tableOf)

describe('what is hidden in an association’s report', () => {
  test('no figure from 1 to 4 is shown, in 1,000 reports', () => {
    fc.assert(
      fc.property(aTable, (table) => {
        const { rows, total } = hideSmallGroups(table)
        for (const count of [...rows, total].flatMap((row) => Object.values(row.counts)))
          expect(count === 'hidden' || count === 0 || (typeof count === 'number' && count >= 5)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test('no hidden cell can be computed from the shown ones, in 1,000 reports', () => {
    fc.assert(
      fc.property(aTable, (table) => {
        const published = hideSmallGroups(table)
        for (const row of table.rows.filter(({ key }) => !published.rows.some((shown) => shown.key === key)))
          expect(hasOtherWorlds(table, published, row)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test('what is shown adds up to the total in every column', () => {
    fc.assert(
      fc.property(aTable, (table) => {
        const { rows, total, is_withheld } = hideSmallGroups(table)
        if (is_withheld) return
        for (const { key } of COLUMNS) {
          if (total.counts[key] === 'hidden') expect(rows.every((row) => row.counts[key] === 'hidden')).toBe(true)
          else expect(rows.reduce((sum, row) => sum + Number(row.counts[key]), 0)).toBe(total.counts[key])
        }
      }),
    )
  })

  test('who knows the rule too can compute none: every table of up to four rows was tried', () => {
    for (const { rows, most } of [
      { rows: 3, most: 26 },
      { rows: 4, most: 15 },
    ]) {
      const seen = new Map<string, Set<number>[]>()
      for (const values of allOf(rows, most)) {
        const published = hideSmallGroups(withPeople(tableOf(values.map((one) => [one, 0, 0]))))
        const known = seen.get(JSON.stringify(published)) ?? values.map(() => new Set<number>())
        for (const [at, value] of values.entries()) known[at]?.add(value)
        seen.set(JSON.stringify(published), known)
      }
      for (const [json, known] of seen) {
        const published = JSON.parse(json) as Published
        // Beyond what was tried there are more tables with the same figures.
        if (sumOfUnseen(published) > most) continue
        // All is shown: who is in no row is nobody.
        if (published.together === 0 && !published.is_withheld) continue
        for (const [at, possible] of known.entries())
          if (!published.rows.some(({ key }) => key === `row ${at}`)) expect(possible.size, json).toBeGreaterThan(1)
      }
    }
  })

  test('nor from two columns together: every table of three rows was tried', () => {
    const most = 10
    const values = [...allOf(2, most)].filter(([all = 0, part = 0]) => part <= all)
    const seen = new Map<string, Set<number>[][]>()
    for (const [one, two, three] of triplesOf(values)) {
      const rows = [one, two, three]
      if (rows.reduce((sum, [all = 0]) => sum + all, 0) > 2 * most) continue
      const { rows: shownRows, total, together, is_withheld } = hideSmallGroups(withPeople(tableOf(rows)))
      const shown = JSON.stringify([shownRows, total, together, is_withheld])
      const known = seen.get(shown) ?? rows.map(() => [new Set<number>(), new Set<number>()])
      for (const [at, cells] of rows.entries())
        for (const [place, cell] of cells.entries()) known[at]?.[place]?.add(cell)
      seen.set(shown, known)
    }
    for (const [json, known] of seen) {
      const [rows, total, together, is_withheld] = JSON.parse(json)
      if ((together === 0 && !is_withheld) || sumOfUnseen({ rows, total, together, is_withheld }) > most) continue
      const unseen = known.filter((_, at) => !rows.some(({ key }: Row) => key === `row ${at}`))
      for (const cells of unseen.flat()) if (!cells.has(0)) expect(cells.size, json).toBeGreaterThan(1)
    }
  })

  test('a report about four people says nothing at all', () => {
    const { rows, total, is_withheld } = hideSmallGroups(
      tableOf([
        [3, 3, 0],
        [1, 0, 0],
      ]),
    )
    expect({ rows, counts: total.counts, is_withheld }).toEqual({
      rows: [],
      counts: { applicants: 'hidden', participants: 'hidden', matched: 'hidden' },
      is_withheld: true,
    })
  })

  test('a table without a small cell is shown as it is', () => {
    const table = tableOf([
      [20, 10, 5],
      [30, 30, 0],
    ])
    expect(hideSmallGroups(table)).toEqual({ ...table, columns: undefined, together: 0, is_withheld: false })
  })

  test('two people of one country are put together with another country', () => {
    const published = hideSmallGroups(
      tableOf([
        [40, 40, 40],
        [2, 2, 0],
        [20, 20, 20],
        [12, 10, 9],
      ]),
    )
    expect(published.together).toBe(2)
    expect(published.rows.map(({ key, counts }) => [key, counts.applicants])).toEqual([
      ['row 0', 40],
      ['row 2', 20],
      [TOGETHER, 14],
    ])
  })

  test('a column of three people is hidden in every row', () => {
    const { rows, total } = hideSmallGroups(
      tableOf([
        [40, 20, 2],
        [30, 20, 1],
      ]),
    )
    expect([...rows, total].map(({ counts }) => counts.matched)).toEqual(['hidden', 'hidden', 'hidden'])
    expect(rows.map(({ counts }) => counts.participants)).toEqual([20, 20])
  })

  test('what nobody knows stays unknown', () => {
    const table = tableOf([
      [40, 20, 0],
      [30, 20, 0],
    ])
    for (const row of [...table.rows, table.total]) row.counts.matched = 'unknown'
    const { rows, total } = hideSmallGroups(table)
    expect([...rows, total].map(({ counts }) => counts.matched)).toEqual(['unknown', 'unknown', 'unknown'])
  })
})

/** A value that nobody has is no row. */
function withPeople(table: ReturnType<typeof tableOf>) {
  return { ...table, rows: table.rows.filter(({ counts }) => counts.applicants !== 0) }
}

/**
 * Two other tables that look the same: all who are not shown by row are in this row, or all are in another. A table is
 * possible when it adds up and nobody is in a column who is not in the one before it.
 */
function hasOtherWorlds(table: ReturnType<typeof tableOf>, published: Published, row: Row): boolean {
  if (published.total.counts.applicants === 'hidden') return true
  const unseen = table.rows.filter(({ key }) => !published.rows.some((shown) => shown.key === key))
  const rest = COLUMNS.map(({ key }) => unseen.reduce((sum, one) => sum + Number(one.counts[key]), 0))
  const isNested = rest.every((sum, at) => at === 0 || sum <= (rest[at - 1] ?? 0))
  const all = rest[0] ?? 0
  return unseen.some(({ key }) => key !== row.key) && isNested && all > 0
}

function* allOf(rows: number, most: number): Generator<number[]> {
  if (rows === 0) return yield []
  for (let value = 0; value <= most; value++) for (const others of allOf(rows - 1, most)) yield [value, ...others]
}

function* triplesOf<Item>(items: readonly Item[]): Generator<[Item, Item, Item]> {
  for (const one of items) for (const two of items) for (const three of items) yield [one, two, three]
}

function sumOfUnseen({ rows, total, is_withheld }: Published): number {
  const unseen = is_withheld ? total : rows.find(({ key }) => key === TOGETHER)
  return Number(unseen?.counts.applicants ?? 0)
}
