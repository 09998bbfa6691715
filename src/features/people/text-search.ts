import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../../platform/db/open.ts'
import { escapeLike } from './suppression-queries.ts'

/**
 * People by the beginning of a name or of an address. Rare beginnings are looked up in their indexes; a beginning
 * that very many share is instead tried on one person after the other, which fills a page at once.
 */
export type TextMatch = { ids: number[] } | { test: RawBuilder<boolean> }

const MOST_IDS = 2000
const MOST_WORDS = 5
const LONGEST_TEXT = 200

/** How a text is looked for; undefined for an empty one. */
export async function matchText(db: Db, text: string | undefined): Promise<TextMatch | undefined> {
  const words = (text ?? '').slice(0, LONGEST_TEXT).replaceAll('\0', '').split(/\s+/).filter(Boolean)
  if (words.length === 0) return undefined
  const names = nameTests(words.slice(0, MOST_WORDS))
  const address = sql<boolean>`addresses.address like ${startOf(words.join(' ').toLowerCase())}`
  const most = MOST_IDS + 1
  const { rows } = await sql<{ id: number }>`
    select distinct id from (
      ${sql.join(
        names.map((test) => sql`(select people.id from people where ${test} limit ${most})`),
        sql` union all `,
      )}
      union all (select addresses.person_id as id from addresses where ${address} limit ${most})
    ) found limit ${most}`.execute(db)
  if (rows.length <= MOST_IDS) return { ids: rows.map(({ id }) => id) }
  const anyAddress = sql`exists (select from addresses where addresses.person_id = people.id and ${address})`
  return { test: sql<boolean>`(${sql.join([...names, anyAddress], sql` or `)})` }
}

/** Of the table people: the whole text begins a name, or its words begin the two names in either order. */
function nameTests(words: string[]): RawBuilder<boolean>[] {
  const whole = words.join(' ')
  const tests = [begins('given_name', whole), begins('family_name', whole)].flat()
  for (let at = 1; at < words.length; at++) {
    const [first, second] = [words.slice(0, at).join(' '), words.slice(at).join(' ')]
    tests.push(both(begins('given_name', first), begins('family_name', second)))
    tests.push(both(begins('family_name', first), begins('given_name', second)))
  }
  return tests
}

/**
 * One test for each writing of the first letters: a database whose collation is C knows the capitals of ASCII only,
 * and there "élodie" would not find "Élodie".
 */
function begins(column: 'given_name' | 'family_name', text: string): RawBuilder<boolean>[] {
  const lower = text.toLowerCase()
  const capital = lower.replace(/(?<!\p{L})\p{L}/gu, (letter) => letter.toUpperCase())
  const writings = /^[\0-\x7f]*$/.test(text) ? [lower] : [lower, capital]
  return writings.map((writing) => sql<boolean>`lower(${sql.ref(`people.${column}`)}) like lower(${startOf(writing)})`)
}

const both = (one: RawBuilder<boolean>[], other: RawBuilder<boolean>[]) =>
  sql<boolean>`((${sql.join(one, sql` or `)}) and (${sql.join(other, sql` or `)}))`

const startOf = (text: string) => `${escapeLike(text)}%`
