import type { Column, Section } from '../../features/reports/index.ts'

/** Rows that are shown at once: the rest is behind a press, and not on paper. */
export const SHOWN = 12

/** A table of more columns is parted: what few ask for stands by itself, behind a press. */
const MOST_COLUMNS = 9
const SELDOM = new Set([
  ...['rejected', 'uncertain', 'bounced_hard', 'auto_replied', 'clicks', 'machine_clicks', 'agreed', 'machine_opened'],
])

/** The columns of a table, and those that are parted off. */
export function partColumns({ columns }: Section): { shown: Column[]; seldom: Column[] } {
  if (columns.length <= MOST_COLUMNS) return { shown: columns, seldom: [] }
  return {
    shown: columns.filter(({ key }) => !SELDOM.has(key)),
    seldom: columns.filter(({ key }) => SELDOM.has(key)),
  }
}

/** Definitions that only parted-off columns use. */
export function definedSeldom(sections: readonly Section[]): Set<string> {
  const parted = sections.map(partColumns)
  const shown = new Set(parted.flatMap((part) => part.shown.map(({ definition }) => definition)))
  const seldom = parted.flatMap((part) => part.seldom.map(({ definition }) => definition))
  return new Set(seldom.filter((key) => !shown.has(key)))
}
