import type { DbOrTx } from '../../platform/db/open.ts'
import { queueAutomatic } from '../campaigns/index.ts'
import { countLinkChanges, insertAnswer, repeatAnswer, wasAnsweredSince } from './answer-queries.ts'
import { judgeAnswer, type Refusal, type Said, sayRefusal } from './rules.ts'
import { lockStanding, type StandingRow } from './standing-queries.ts'

/** What somebody said about their place, and how it came. */
export interface Answering {
  round_id: number
  person_id: number
  answer: Said
  /** A reply counts from when it came, a click from when it arrived: not from when it is read. */
  said_at: Date
  now: Date
  /** The email that was answered, or whose link it was. */
  delivery_id: number | null
  incoming_id?: number | null
  /** Of the reply, so that our notice stands beside it. */
  message_id?: string | null
}

/** `why` is a sentence for staff: a person has to look at it. */
export type Recorded =
  | { recorded: true; changed: boolean }
  | { recorded: false; why: string; refused: Refusal | 'no_application' }

const DAY_MS = 86_400_000
/** mail.md: never more than one automatic answer to the same sender in so long. */
const ANSWER_PAUSE_MS = 7 * DAY_MS
/** Whoever clicks to and fro all day has got the message. */
const MOST_LINK_NOTICES_A_DAY = 10

/**
 * Records what an applicant answered, in the caller's transaction, with its notice. Said again it changes nothing.
 * `recorded: false` leaves everything as it was. The caller rings for what is queued after its commit.
 */
export async function recordAnswer(
  tx: DbOrTx,
  { source, ...said }: Answering & { source: 'reply' | 'link' },
): Promise<Recorded> {
  const standing = await lockStanding(tx, said)
  if (!standing) return { recorded: false, refused: 'no_application', why: 'They have no application in this round.' }
  const verdict = judgeAnswer(standing, said)
  if ('refused' in verdict)
    return { recorded: false, refused: verdict.refused, why: sayRefusal(verdict.refused, standing) }
  const { to, is_change } = verdict
  const { application_id, state: before } = standing
  const { incoming_id = null, delivery_id, said_at, now } = said
  const isRepeated =
    !is_change && source === 'link' && (await repeatAnswer(tx, { ...said, application_id, answer: to }))
  if (!isRepeated) {
    const kept = { application_id, before, answer: to, source, incoming_id, delivery_id, said_at }
    await insertAnswer(tx, { ...kept, recorded_by: null, recorded_at: now })
  }
  if (is_change && (await mayNotify(tx, standing, { source, now }))) await notify(tx, { ...said, answer: to })
  return { recorded: true, changed: is_change }
}

/** An answer by reply. A caller must not ask for one whose message may be automatic or somebody else's. */
export function recordReplyAnswer(
  tx: DbOrTx,
  reply: Answering & { answer: 'confirmed' | 'declined'; incoming_id: number },
): Promise<Recorded> {
  return recordAnswer(tx, { ...reply, source: 'reply' })
}

async function mayNotify(
  tx: DbOrTx,
  { person_id, application_id }: StandingRow,
  { source, now }: { source: 'reply' | 'link'; now: Date },
): Promise<boolean> {
  if (source === 'reply')
    return !(await wasAnsweredSince(tx, { person_id, since: new Date(now.getTime() - ANSWER_PAUSE_MS) }))
  const since = new Date(now.getTime() - DAY_MS)
  return (await countLinkChanges(tx, { application_id, since })) <= MOST_LINK_NOTICES_A_DAY
}

const NOTICES = { confirmed: 'confirmation_recorded', declined: 'decline_recorded', withdrawn: undefined } as const

/** Tells them what was recorded, at their own address wherever they wrote from. Who left the waiting list is left alone. */
export async function notify(
  tx: DbOrTx,
  { answer, round_id, person_id, now, message_id = null }: Omit<Answering, 'said_at' | 'delivery_id'>,
): Promise<void> {
  const key = NOTICES[answer]
  if (key) await queueAutomatic(tx, { key, round_id, to: { person_id }, now, in_reply_to: message_id })
}
