import { brokenAnswer, countOf, type Json, listOf, objectOf, textOf } from './answers.ts'
import { PAGE } from './pages.ts'

const OVERLAP = 25
const MOST_STEPS_BACK = 20

/**
 * Pages of contacts while contacts come and go. Sorted by when they opted in: whoever joins or opts in again moves to
 * the end, which is still to be read. Whoever is taken out moves those behind forward, so that the next page would
 * begin too late: each page begins some contacts before the last one ended, and when it does not show any of them
 * again, we step back. Somebody may be seen twice; nobody is passed over.
 */
export async function* eachMemberPage(
  read: (page: { count: number; offset: number }) => Promise<unknown>,
): AsyncGenerator<Json[]> {
  let before = new Set<string>()
  let stepsBack = 0
  for (let offset = 0; ; ) {
    const answer = objectOf(await read({ count: PAGE, offset }), 'members')
    const page = listOf(answer.members, 'members')
    const ids = page.map((member) => textOf(member.id, 'id of a member'))
    if (offset > 0 && !ids.some((id) => before.has(id))) {
      if (++stepsBack > MOST_STEPS_BACK) throw brokenAnswer('the audience changes faster than it can be read')
      offset = Math.max(0, offset - PAGE)
      continue
    }
    const fresh = page.filter((_, index) => !before.has(ids[index] as string))
    if (fresh.length > 0) yield fresh
    const end = offset + page.length
    if (page.length === 0 || end >= countOf(answer.total_items, 'total_items')) return
    before = new Set(ids)
    offset = Math.max(end - OVERLAP, offset + 1)
  }
}
