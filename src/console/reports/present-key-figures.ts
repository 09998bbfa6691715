import type { Report } from '../../features/reports/index.ts'
import { lowerFirst, presentCount } from './words.ts'

const MOST = 4
const LAST_ROWS = 3

/**
 * A few figures of a report for its card, by its first section: the steps of a funnel, else the total, else what its
 * chart shows of the rows that came last.
 */
export function presentKeyFigures({ sections: [first] }: Report) {
  const { columns = [], rows = [], total = null, chart = null, key = '' } = first ?? {}
  if (key !== 'funnel' && total)
    return {
      figures_name: total.name,
      figures: columns.slice(0, MOST).map((column) => ({ name: column.name, count: presentCount(total, column, '') })),
    }
  const column = columns.find((one) => one.key === chart?.column)
  if (!column) return { figures_name: '', figures: [] }
  const base = columns.find((one) => one.key === column.of)
  const some = key === 'funnel' ? rows : rows.slice(-LAST_ROWS)
  return {
    figures_name:
      key === 'funnel' ? '' : [column.name, base && `of ${lowerFirst(base.name)}`].filter(Boolean).join(' '),
    figures: some.map((row) => ({ name: row.name, count: presentCount(row, column, '') })),
  }
}
