import type { Column, Count, Row } from '../../features/reports/index.ts'
import { formatCount } from '../present/numbers.ts'

/** A count as it stands in a table; `base` and `share` are empty where there is nothing to compare with. */
interface SaidCount {
  text: string
  /** Such as "of 1,008". */
  base: string
  /** Such as "61 %". */
  share: string
}

/** A count of one row with its base in words: "612", "of 1,008", "61 %". What is not a number is said, never drawn. */
export function sayCount({ counts }: Row, { key, of, is_estimate }: Column): SaidCount {
  const count = counts[key]
  const text = sayOne(count)
  if (typeof count !== 'number') return { text, base: '', share: '' }
  const said = is_estimate ? `about ${text}` : text
  const base = of === null ? undefined : counts[of]
  if (typeof base !== 'number') return { text: said, base: '', share: '' }
  return { text: said, base: `of ${formatCount(base)}`, share: base === 0 ? '' : sayShare(count, base) }
}

/** View model of reports/_count. @param href where its people are listed, or '' */
export const presentCount = (row: Row, column: Column, href: string) => ({
  ...sayCount(row, column),
  known: typeof row.counts[column.key] === 'number',
  // Its base stands nowhere near: it is said with it, on paper too.
  far: true,
  href,
})

function sayOne(count: Count | undefined): string {
  if (count === 'hidden') return 'not shown'
  if (count === 'unknown') return 'not known yet'
  return count === undefined ? '' : formatCount(count)
}

/** Whole percent to the nearest: 0 only for none, 100 only for all. Its space does not break. */
function sayShare(part: number, base: number): string {
  const percent = Math.round((part * 100) / base)
  if (percent === 0 && part > 0) return 'under 1 %'
  if (percent === 100 && part < base) return 'over 99 %'
  return `${percent} %`
}

/** What one row is, of so many: "Country" → "countries". */
export function manyOf(name: string, count: number): string {
  const word = name.toLowerCase()
  if (count === 1) return word
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`
}

export const lowerFirst = (words: string) => words.charAt(0).toLowerCase() + words.slice(1)
