import type { Row, Section } from '../../features/reports/index.ts'

/** A row's bar of 100: `track` is the base, `fill` what is counted of it. */
export interface Bar {
  track: number
  fill: number
}

/**
 * A bar for each row, in the order of the rows. All of a section are drawn to one measure, its largest base: so they
 * show how many there are and which part of them. Null where a count is not known or not shown.
 */
export function drawBars({ chart, columns, rows }: Section): (Bar | null)[] {
  if (chart?.kind !== 'bars') return rows.map(() => null)
  const of = columns.find(({ key }) => key === chart.column)?.of ?? null
  const baseOf = (row: Row) => numberOf(row, of ?? chart.column)
  const most = Math.max(0, ...rows.map((row) => baseOf(row) ?? 0))
  return rows.map((row) => {
    const [base, count] = [baseOf(row), numberOf(row, chart.column)]
    if (most === 0 || count === null) return null
    const fill = scale(count, most)
    return { track: of === null ? 100 : base === null ? fill : scale(base, most), fill }
  })
}

function numberOf({ counts }: Row, key: string): number | null {
  const count = counts[key]
  return typeof count === 'number' ? count : null
}

const scale = (count: number, most: number) => Math.round((Math.min(count, most) * 1000) / most) / 10
