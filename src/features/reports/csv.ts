import { CSV_MARK, csvLine } from '../../lib/csv.ts'
import type { Report, Row, Section } from './report.ts'

const ROW_COLUMNS = ['report', 'round', 'as_of', 'data_at', 'section', 'row', 'name']

/**
 * A report as one tidy table: a line for each row of each section and for its total, a column for each figure that any
 * section has. Exactly what is shown: `hidden` and `unknown` stay words, and a figure that a section does not have is
 * an empty cell. UTF-8 with its mark, ISO dates, and no cell that a spreadsheet would run.
 */
export function writeReportCsv(report: Report): string {
  const figures = [...new Set(report.sections.flatMap(({ columns }) => columns.map(({ key }) => key)))]
  const { kind, round, as_of, data_at } = report
  const lineOf = (section: Section, row: Row) =>
    csvLine([
      kind,
      round,
      as_of,
      data_at,
      section.key,
      row.key,
      row.name,
      ...figures.map((key) => row.counts[key] ?? null),
    ])
  const lines = report.sections.flatMap((section) =>
    [...section.rows, ...(section.total ? [section.total] : [])].map((row) => lineOf(section, row)),
  )
  return CSV_MARK + csvLine([...ROW_COLUMNS, ...figures]) + lines.join('')
}
