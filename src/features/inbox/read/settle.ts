import type { Ring } from '../../../jobs/catalog.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import type { Authenticity, Incoming } from '../../../platform/mail/incoming/index.ts'
import { leaveInterestBy } from '../../applications/index.ts'
import { recordReplyAnswer } from '../../confirmations/index.ts'
import { unsubscribe } from '../../deliveries/index.ts'
import { actOnBounce, actOnComplaint, type Came } from './act-on-report.ts'
import { recordEvents } from './event-queries.ts'
import {
  findEarlierCopy,
  insertItem,
  lockMessageId,
  type ReadingRow,
  recordOutcome,
  recordReading,
  type UnreadRow,
} from './incoming-queries.ts'
import { type Origin, senderOf } from './origin.ts'
import type { ReadText } from './read-text.ts'
import { planReply } from './reply-rules.ts'

interface Deps {
  db: Db
  clock: Clock
  ring: Ring
}

interface Read {
  row: UnreadRow
  incoming: Incoming
  origin: Origin
  text: ReadText
  sender: Authenticity | null
}

/** What came of it, and what was done besides. */
type Settled = Came & {
  /** Asked before it becomes an address of the person. */
  unknown_address?: string
  /** Something waits in the ledger now. */
  hasQueued?: boolean
}

/** Records what was read and does what follows from it: all of it, once, or nothing. */
export async function settle({ db, clock, ring }: Deps, read: Read): Promise<void> {
  const { row, origin } = read
  const now = clock.now()
  const settled = await db.transaction().execute(async (tx): Promise<Settled | undefined> => {
    const reading = readingRow(read, now)
    if (reading.message_id !== null) {
      await lockMessageId(tx, reading.message_id)
      const copy = { ...reading, id: row.id, message_id: reading.message_id }
      const earlier = await findEarlierCopy(tx, copy)
      if (earlier !== undefined) {
        const why = `The same message came before, as number ${earlier}.`
        await recordReading(tx, row.id, { ...reading, kind: 'duplicate', why, outcome: 'ignored' })
        return undefined
      }
    }
    // First of all: who comes second waits here, and then finds it read.
    if (!(await recordReading(tx, row.id, reading))) return undefined
    const came = await act(tx, read, now)
    if (came.outcome !== reading.outcome || came.why !== undefined)
      await recordOutcome(tx, row.id, { outcome: came.outcome, why: came.why ?? reading.why })
    if (came.ask !== undefined)
      await insertItem(tx, {
        ...{ incoming_id: row.id, round_id: origin.round_id, person_id: origin.person_id, why: came.ask },
        ...{ unknown_address: came.unknown_address ?? null, created_at: now },
      })
    return came
  })
  if (settled?.hasQueued) await ring('sweep-deliveries', {})
}

async function act(tx: DbOrTx, read: Read, now: Date): Promise<Settled> {
  const { row, incoming, origin } = read
  const report = { incoming_id: row.id, incoming, origin, received_at: row.received_at }
  switch (incoming.kind) {
    case 'own':
      return { outcome: 'ignored' }
    case 'complaint':
      return actOnComplaint(tx, report)
    case 'bounce':
      return actOnBounce(tx, report)
    case 'unsubscribe':
      return actOnUnsubscribe(tx, read, now)
    case 'auto_reply':
      await recordEvent(tx, read, 'auto_reply')
      return { outcome: 'auto_reply' }
    default:
      return actOnReply(tx, read, now)
  }
}

/** Mail to u+token@: whatever it says, and whoever sends it (Apple's says Auto-Submitted), the address is the wish. */
async function actOnUnsubscribe(tx: DbOrTx, read: Read, now: Date): Promise<Settled> {
  const { delivery, found_by } = read.origin
  if (!delivery || found_by !== 'token')
    return {
      outcome: 'inbox',
      ask: 'Somebody wants to unsubscribe, and the address it was sent to is not one of ours.',
    }
  if (delivery.contact_id === null) await unsubscribe({ db: tx as Db, clock: { now: () => now } }, delivery.id)
  else await leaveInterestBy(tx, { delivery_id: delivery.id, now })
  await recordEvent(tx, read, 'unsubscribe')
  return { outcome: 'unsubscribed' }
}

async function actOnReply(tx: DbOrTx, read: Read, now: Date): Promise<Settled> {
  const { row, incoming, origin, text, sender } = read
  const { delivery, person_id, round_id } = origin
  const address = senderOf(incoming)
  const stranger =
    person_id !== null && address !== undefined && !origin.is_from_person && !origin.is_from_another
      ? address
      : undefined
  const asked = (ask: string): Settled => ({
    ...{ outcome: 'inbox', ask },
    ...(stranger === undefined ? {} : { unknown_address: stranger }),
  })
  if (text.guess === null || text.visible === null) return asked('It could not be read as a reply.')
  const plan = planReply({
    ...{ guess: text.guess, visible: text.visible, origin, has_sender: address !== undefined },
    ...{ dmarc: dmarcOf(sender), is_automatic: incoming.never_answer, is_cut: incoming.cuts.length > 0 },
  })
  await recordEvent(tx, read, 'reply')
  if (plan.do === 'ask') return asked(plan.why)
  if (!delivery || person_id === null || round_id === null) return asked('It does not say which message it answers.')
  if (plan.do === 'unsubscribe') {
    await unsubscribe({ db: tx as Db, clock: { now: () => now } }, delivery.id)
    await recordEvent(tx, read, 'unsubscribe')
    return { outcome: 'unsubscribed' }
  }
  const recorded = await recordReplyAnswer(tx, {
    ...{ round_id, person_id, answer: plan.answer, incoming_id: row.id, delivery_id: delivery.id },
    ...{ said_at: row.received_at, now, message_id: bracketed(incoming.message_id) },
  })
  if (!recorded.recorded) return asked(recorded.why)
  const settled: Settled = { outcome: plan.answer, hasQueued: recorded.changed }
  if (stranger === undefined) return settled
  return {
    ...settled,
    ask: `Their answer counts. It came from ${stranger}, which we did not know.`,
    unknown_address: stranger,
  }
}

/** Looked at, and nothing could be found out: whoever writes another's name can make a message so. */
const dmarcOf = (sender: Authenticity | null) => (sender?.source === 'none' ? 'unchecked' : (sender?.dmarc ?? 'none'))

async function recordEvent(tx: DbOrTx, { row, origin }: Read, kind: 'reply' | 'auto_reply' | 'unsubscribe') {
  const { delivery } = origin
  if (!delivery || delivery.is_test) return
  await recordEvents(tx, [{ delivery_id: delivery.id, incoming_id: row.id, kind, at: row.received_at }])
}

function readingRow({ row, incoming, origin, text, sender }: Read, now: Date): ReadingRow {
  return {
    ...{ state: 'read', kind: incoming.kind, why: incoming.why, cuts: incoming.cuts, outcome: OUTCOMES[incoming.kind] },
    from_address: senderOf(incoming) ?? incoming.from?.address.slice(0, 320) ?? null,
    from_name: incoming.from?.name.slice(0, LONGEST_LINE) || null,
    subject: incoming.subject.slice(0, LONGEST_LINE) || null,
    message_id: identifier(incoming.message_id),
    in_reply_to: identifier(incoming.in_reply_to[0]),
    ...{
      said_at: row.received_at,
      authenticity: sender,
      visible: text.visible,
      quoted: text.quoted,
      guess: text.guess,
    },
    delivery_id: origin.delivery?.id ?? null,
    ...{ found_by: origin.found_by, person_id: origin.person_id, round_id: origin.round_id, read_at: now },
  }
}

/** RFC 5322 §2.1.1: a line has at most so many characters; and an index holds no more than some thousand. */
const LONGEST_LINE = 998

const identifier = (messageId: string | null | undefined) =>
  messageId && messageId.length <= LONGEST_LINE ? messageId : null

/** As In-Reply-To writes it (RFC 5322 §3.6.4). */
const bracketed = (messageId: string | null) => (messageId === null ? null : `<${messageId}>`)

/** What mostly comes of each kind; acting may find another. */
const OUTCOMES = {
  ...{ own: 'ignored', complaint: 'complaint', bounce: 'bounce', unsubscribe: 'unsubscribed' },
  ...{ auto_reply: 'auto_reply', reply: 'inbox', unreadable: 'inbox' },
} as const satisfies Record<Incoming['kind'], string>

/** Nothing is lost: a person gets the source to look at. */
export async function settleUnreadable({ db, clock }: Deps, row: UnreadRow, why: string): Promise<void> {
  const now = clock.now()
  await db.transaction().execute(async (tx) => {
    const isMine = await recordReading(tx, row.id, {
      ...{
        state: 'unreadable',
        kind: 'unreadable',
        why,
        cuts: [],
        outcome: 'inbox',
        said_at: row.received_at,
        read_at: now,
      },
      ...{
        from_address: null,
        from_name: null,
        subject: null,
        message_id: null,
        in_reply_to: null,
        authenticity: null,
      },
      ...{
        visible: null,
        quoted: null,
        guess: null,
        delivery_id: null,
        found_by: null,
        person_id: null,
        round_id: null,
      },
    })
    if (!isMine) return
    await insertItem(tx, {
      ...{ incoming_id: row.id, round_id: null, person_id: null, unknown_address: null, created_at: now },
      why: `The message could not be read, only its source can be shown. ${why}`,
    })
  })
}
