import type { KeptAnswer } from '../../features/confirmations/index.ts'
import type { OtherMessage } from '../../features/inbox/index.ts'
import { APPLICATION_STATES } from '../campaigns/wording.ts'
import { itemHref } from '../inbox/inbox-query.ts'
import { shorten } from '../inbox/marks.ts'
import { outcomeBadge } from '../inbox/words.ts'
import { presentTime } from '../present/time.ts'
import { saySource, stateBadge } from './words.ts'

const HOW: Record<string, string> = {
  reply: 'by a reply',
  link: 'by the page behind a link',
  deadline: 'the last day passed',
  form: 'by the application form',
}

/** When it was said and recorded differ by more than a moment: a reply that waited in the Inbox. */
const APART_MS = 60_000

/** What somebody answered over all rounds, the newest first. @param names of the staff, by "staff 3" */
export function presentAnswers(answers: readonly KeptAnswer[], names: ReadonlyMap<string, string>, zone: string) {
  return answers.map(({ round, answer, source, recorded_by, incoming_id, said_at, recorded_at }) => ({
    at: presentTime(said_at, zone),
    round_code: round,
    badge: { ...stateBadge(answer), text: APPLICATION_STATES[answer] ?? answer },
    how: [
      HOW[source] ?? (incoming_id === null ? 'recorded' : 'by a reply, read'),
      ...(recorded_by === null ? [] : [`by ${saySource(recorded_by, names)}`]),
    ].join(' '),
    recorded: recorded_at.getTime() - said_at.getTime() > APART_MS ? presentTime(recorded_at, zone) : '',
  }))
}

const SHOWN = 160

/** Messages of somebody, with what became of each. */
export function presentIncoming(messages: readonly OtherMessage[], zone: string) {
  return messages.map(({ item_id, subject, visible, outcome, received_at }) => ({
    at: presentTime(received_at, zone),
    badge: outcomeBadge(outcome),
    href: item_id === null ? '' : itemHref(item_id),
    text: shorten(visible?.trim() || subject || 'a message without words', SHOWN),
  }))
}
