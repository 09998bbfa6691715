import { type Static, Type } from '@fastify/type-provider-typebox'
import { given } from '../participants/list-query.ts'

const word = (maxLength: number) => Type.Optional(Type.String({ maxLength }))

export const RunParams = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

/** How the proposals of a run are looked at, as their form sends it: what is not used comes empty. */
export const ListQuery = Type.Object({
  sort: word(20),
  only: word(20),
  country: word(80),
  q: word(200),
  after: word(30),
  /** Proposals that were just changed: they stand first. */
  changed: word(60),
  notice: word(40),
})
export type ListQuery = Static<typeof ListQuery>

export const SORTS = { lowest: 'Lowest score first', highest: 'Highest score first' } as const
export const ONLY = {
  special: 'With a special request',
  kept: 'Kept together',
  hand: 'Made by hand',
} as const

/** What is none of ours asks for nothing. */
export function readList({ sort, only, country, q, after }: ListQuery) {
  return {
    order: sort === 'highest' ? ('highest' as const) : ('lowest' as const),
    only: only !== undefined && Object.hasOwn(ONLY, only) ? (only as keyof typeof ONLY) : undefined,
    country: /^[A-Z]{2}$/.test(country ?? '') ? country : undefined,
    text: given(q),
    after: /^\d{1,5}\.\d{1,15}$/.test(after ?? '') ? after : undefined,
  }
}
export type ReadList = ReturnType<typeof readList>

/** The same list as a query, to come back to. */
export function queryOf({ order, only, country, text, after }: Partial<ReadList>, more: object = {}): string {
  const wanted = {
    sort: order === 'highest' ? 'highest' : undefined,
    ...{ only, country, q: text, after },
    ...more,
  }
  const kept = Object.entries(wanted).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return kept.length === 0 ? '' : `?${new URLSearchParams(kept)}`
}

const MOST_CHANGED = 5

export function readChanged(text: string | undefined): number[] {
  const ids = (text ?? '').split('.').filter((id) => /^[1-9]\d{0,14}$/.test(id))
  return ids.slice(0, MOST_CHANGED).map(Number)
}

/** Where an action goes back to: the same list, at what it changed. @param back the query that the list came by */
export function hrefAfter(
  id: number,
  back: string | undefined,
  { changed, notice, at }: { changed: readonly number[]; notice: string; at?: string },
): string {
  const list = readList(Object.fromEntries(new URLSearchParams(back ?? '')) as ListQuery)
  const query = queryOf(list, { changed: changed.join('.'), notice })
  const [first] = changed
  return `/console/matching/${id}${query}#${at ?? (first === undefined ? 'proposals' : `proposal-${first}`)}`
}
