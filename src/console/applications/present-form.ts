import type { RoundRow } from '../../features/rounds/index.ts'
import { presentDay } from '../present/time.ts'

/** Where people apply, and what the page there says today. */
export function presentForm(round: RoundRow, { publicUrl, now }: { publicUrl: string; now: Date }) {
  return {
    href: `${publicUrl}/apply/${encodeURIComponent(round.code)}`,
    interest_href: `${publicUrl}/interest`,
    ...stateOf(round, now.toISOString().slice(0, 10)),
  }
}

function stateOf({ applications_open_on: opens, applications_close_on: closes }: RoundRow, today: string) {
  if (opens === null)
    return {
      badge: { tone: 'quiet', text: 'no date' },
      words: 'The round has no day on which applications open: until it has one, visitors may ask to be told.',
    }
  if (today < opens)
    return {
      badge: { tone: 'info', text: 'not open yet' },
      words: `It opens by itself on ${presentDay(opens)}; whoever asked to be told gets an email then.`,
    }
  if (closes === null) return { badge: { tone: 'good', text: 'open' }, words: `It is open since ${presentDay(opens)}.` }
  if (today <= closes)
    return {
      badge: { tone: 'good', text: 'open' },
      words: `It is open until ${presentDay(closes)} has ended everywhere.`,
    }
  return {
    badge: { tone: 'quiet', text: 'closed' },
    words: `It closed on ${presentDay(closes)}; visitors may ask to be told of the next round.`,
  }
}
