import type { Column, Row, Section } from '../../features/reports/index.ts'
import { formatCount } from '../present/numbers.ts'
import { partColumns, SHOWN } from './columns.ts'
import { type Bar, drawBars } from './present-bar.ts'
import { drawLines } from './present-lines.ts'
import { lowerFirst, manyOf, presentCount } from './words.ts'

/** So few are not worth a press. */
const SLACK = 2
/** What the style sheet does about tables of at most so many columns. */
const WIDTHS = [
  [3, 'few'],
  [6, ''],
  [7, 'many'],
] as const
const widthOf = ({ length }: Column[]) => WIDTHS.find(([most]) => length <= most)?.[1] ?? 'many crowded'

/** Where the people behind a figure are listed; empty for who may not see them. */
export type PeopleHref = (at: { section: string; row: string; column: string }) => string

/** View model of reports/_section. @param on_paper how many of its rows there is room for on one sheet */
export function presentSection(section: Section, { hrefOf, on_paper }: { hrefOf: PeopleHref; on_paper: number }) {
  const { key, name, row_name, columns, rows, total, note, empty, chart } = section
  const bars = drawBars(section)
  const { shown: shownColumns, seldom } = partColumns(section)
  const present = (row: Row, bar: Bar | null) => presentRow(section, row, { columns: shownColumns, bar, hrefOf })
  const all = rows.map((row, at) => ({ ...present(row, bars[at] ?? null), off_paper: at >= on_paper }))
  const shown = all.length > SHOWN + SLACK ? SHOWN : all.length
  const rest = all.slice(shown)
  const charted = columns.find((column) => column.key === chart?.column)
  const left_off = Math.max(0, rows.length - on_paper)
  return {
    id: key,
    name,
    row_name,
    columns: headsOf(shownColumns, columns),
    seldom: seldom.length === 0 ? null : presentSeldom(section, seldom, hrefOf),
    seldom_name: `${formatCount(seldom.length)} more figures of each`,
    bars: chart?.kind === 'bars' && bars.some((bar) => bar !== null) && charted ? sayBars(charted, columns) : '',
    lines: drawLines(section),
    rows: [...(total ? [{ ...present(total, null), is_total: true, off_paper: false }] : []), ...all.slice(0, shown)],
    rest,
    rest_name: `${formatCount(rest.length)} more ${manyOf(row_name, rest.length)}`,
    note,
    left_off: left_off === 0 ? '' : `${formatCount(left_off)} more ${manyOf(row_name, left_off)}`,
    width: widthOf(shownColumns),
    empty: rows.length === 0 ? empty : '',
  }
}

function presentSeldom(section: Section, columns: Column[], hrefOf: PeopleHref) {
  const { row_name, rows, total, columns: all } = section
  return {
    row_name,
    columns: headsOf(columns, all),
    bars: '',
    width: widthOf(columns),
    rows: [...(total ? [total] : []), ...rows].map((row) => ({
      ...presentRow(section, row, { columns, bar: null, hrefOf }),
      is_total: row === total,
    })),
  }
}

function headsOf(columns: Column[], all: Column[]) {
  return columns.map((column) => ({
    name: column.name,
    of: sayBase(column, all),
    estimate: column.is_estimate && !/estimate/i.test(column.name),
  }))
}

function presentRow(
  section: Section,
  row: Row,
  { columns, bar, hrefOf }: { columns: Column[]; bar: Bar | null; hrefOf: PeopleHref },
) {
  return {
    name: row.name,
    is_total: false,
    off_paper: false,
    bar,
    cells: columns.map((column) => {
      const count = row.counts[column.key]
      const leads = section.has_people && typeof count === 'number' && count > 0
      const href = leads ? hrefOf({ section: section.key, row: row.key, column: column.key }) : ''
      return {
        ...presentCount(row, column, href),
        column: column.name,
        // On paper the base is beside it, unless its column is not.
        far: column.of !== null && !columns.some(({ key }) => key === column.of),
      }
    }),
  }
}

/** Such as "of applicants". */
function sayBase({ of }: Column, columns: Column[]): string {
  const base = columns.find(({ key }) => key === of)
  if (!base || base.name === 'Of') return ''
  return `of ${lowerFirst(base.name)}`
}

const sayBars = (column: Column, columns: Column[]) => [column.name, sayBase(column, columns)].join(' ').trim()
