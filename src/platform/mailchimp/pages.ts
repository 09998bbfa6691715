import { countOf, type Json, listOf, objectOf } from './answers.ts'

export const PAGE = 1000

/**
 * Every page of a collection that only grows at its end.
 * @param read asks for one page
 * @param items the property that holds them
 */
export async function* eachPage(
  read: (page: { count: number; offset: number }) => Promise<unknown>,
  items: string,
  count = PAGE,
): AsyncGenerator<Json[]> {
  for (let offset = 0; ; ) {
    const answer = objectOf(await read({ count, offset }), items)
    const page = listOf(answer[items], items)
    if (page.length > 0) yield page
    offset += page.length
    if (page.length === 0 || offset >= countOf(answer.total_items, 'total_items')) return
  }
}

/** Everything of a small collection. */
export async function allOf(
  read: (page: { count: number; offset: number }) => Promise<unknown>,
  items: string,
): Promise<Json[]> {
  const rows: Json[] = []
  for await (const page of eachPage(read, items)) rows.push(...page)
  return rows
}
