import type { DbOrTx } from '../../../platform/db/open.ts'
import type { Member } from '../../../platform/mailchimp/index.ts'
import type { MailchimpDeps } from '../deps.ts'
import { desiredOf, desiredOfOther } from '../mirror/desired.ts'
import { BELIEVED_MS, noteMember } from '../mirror/note.ts'
import { insertChanges, listMirroredPeople } from '../mirror/people-queries.ts'
import { type Decision, decide, isInStep, type MemberRow } from '../mirror/rules.ts'
import { settleNews } from '../mirror/settle.ts'
import type { Asking } from './ask.ts'
import { findPersonOfContact, recordGone } from './contact-queries.ts'
import { type ClaimedEvent, holdEvent, recordSettled, recordWaiting } from './event-queries.ts'
import { DELETED } from './message.ts'
import { parsedOr } from './parsed.ts'
import { takeFromThere } from './take.ts'
import { lockPerson } from './take-queries.ts'

/** What came of one event: settled, or to be asked about again, after so long or after the usual wait. */
export type Outcome = { settled: string } | { waits: string; afterMs?: number }

/** How often a contact is asked about again while others write it. */
const MOST_ASKED = 3
/** How often an event is believed to be ahead of what Mailchimp answers, and for how long. */
const MOST_EARLY = 2
const EARLY_MS = 60_000
const ON_WORD = 'Mail is stopped as Mailchimp told. It cannot be asked now; it is asked again.'

/**
 * Settles what was told about one contact: Mailchimp is asked how it is, that is noted, and what is news is taken over. Only
 * when it cannot be asked, that somebody left or was cleaned counts as it was told: no mail is the safe side.
 */
export async function settleContact(deps: MailchimpDeps, asking: Asking, event: ClaimedEvent): Promise<Outcome> {
  const hash = event.hash ?? ''
  const person_id = await findPersonOfContact(deps.db, { hash, address: parsedOr(event.address) })
  if (person_id === undefined) return { settled: 'nobody here' }
  for (let asked = 0; asked < MOST_ASKED; asked++) {
    const at = deps.clock.now()
    const found = await asking.ask(hash)
    if (found === undefined) return actOnWord(deps, event, person_id)
    if (isEarly(event, found)) return { waits: 'Mailchimp does not show it yet. It is asked again.', afterMs: EARLY_MS }
    const outcome = await deps.db
      .transaction()
      .execute((tx) => settleFound(tx, { deps, asking, event, person_id, hash, found, at }))
    if (outcome) return outcome
  }
  return { waits: 'The contact was being written meanwhile. It is asked again.', afterMs: EARLY_MS }
}

/** That somebody left, while the answer is still the one of before: it may be late there, or the event false. */
function isEarly({ kind, reason, fired_at, tries }: ClaimedEvent, found: Member | 'none'): boolean {
  if (!saysStop({ kind, reason }) || tries > MOST_EARLY || found === 'none' || found.status !== 'subscribed')
    return false
  return fired_at !== null && found.last_changed !== null && found.last_changed < fired_at
}

const saysStop = ({ kind, reason }: Pick<ClaimedEvent, 'kind' | 'reason'>) =>
  kind === 'cleaned' || (kind === 'unsubscribe' && reason !== DELETED)

/** What an event says of itself, when nobody can be asked. */
const stopOf = ({ kind }: Pick<ClaimedEvent, 'kind'>) => (kind === 'cleaned' ? 'cleaned' : 'unsubscribed')

async function actOnWord(deps: MailchimpDeps, event: ClaimedEvent, person_id: number): Promise<Outcome> {
  if (!saysStop(event)) return { waits: 'Mailchimp cannot be asked. It is asked again.' }
  // Once: staff may let mail go again while it is away.
  if (event.outcome === ON_WORD) return { waits: ON_WORD }
  await deps.db.transaction().execute(async (tx) => {
    if (!(await holdEvent(tx, event))) return
    await takeStop(tx, event, person_id, { stop: stopOf(event) })
    await recordWaiting(tx, { ...event, outcome: ON_WORD, waitMs: EARLY_MS })
  })
  return { waits: ON_WORD }
}

function takeStop(
  tx: DbOrTx,
  { hash, reason, fired_at, received_at }: ClaimedEvent,
  person_id: number,
  { stop, at }: { stop: 'unsubscribed' | 'cleaned'; at?: Date | null },
) {
  const when = at ?? fired_at ?? received_at
  return takeFromThere(tx, { person_id, member_hash: hash ?? '', take: {}, clashes: [], stop, reason, at: when })
}

interface Found {
  deps: MailchimpDeps
  asking: Asking
  event: ClaimedEvent
  person_id: number
  hash: string
  found: Member | 'none'
  /** Before it was asked. */
  at: Date
}

/** Undefined: the contact was read or written after it was asked about. */
async function settleFound(tx: DbOrTx, input: Found): Promise<Outcome | undefined> {
  const { event, deps, person_id, found } = input
  if (!(await holdEvent(tx, event))) return { settled: 'somebody else settles it' }
  const outcome = found === 'none' ? await settleGone(tx, input) : await settleThere(tx, input, found)
  if (outcome === undefined) return undefined
  await insertChanges(tx, outcome === NOTHING_NEW ? [] : [person_id])
  await recordSettled(tx, { ...event, outcome, now: deps.clock.now() })
  return { settled: outcome }
}

const NOTHING_NEW = 'nothing new'

async function settleThere(tx: DbOrTx, input: Found, found: Member): Promise<string | undefined> {
  const { event, person_id, at } = input
  const row = await noteMember(tx, found, { person_id, at })
  if (row.read_at !== at) return undefined
  const decision = await decideOne(tx, input, row)
  await settleNews(tx, [{ person_id, member: row, decision: { ...decision, stop: null } }], at)
  const stop = decision.stop ?? stopAgain(event, row)
  const taken = stop && (await takeStop(tx, event, person_id, { stop, at: row.changed_there_at }))
  if (taken?.stopped) return event.reason === 'abuse' ? 'complaint' : stop === 'cleaned' ? 'cleaned' : 'unsubscribed'
  if (decision.clashes.length > 0) return 'changed on both sides'
  if (Object.keys(decision.take).length > 0) return 'taken over'
  return isInStep({ ...decision, stop: null }) && decision.trouble === row.trouble ? NOTHING_NEW : 'looked at'
}

async function decideOne(tx: DbOrTx, { asking, person_id }: Found, row: MemberRow): Promise<Decision> {
  await lockPerson(tx, person_id)
  const [person] = await listMirroredPeople(tx, { ids: [person_id] }, asking.audience.states)
  const isMirror = person?.hash === row.hash
  const other = { ...row, owner_id: person_id, is_stopped: false }
  return decide({ desired: person && isMirror ? desiredOf(person) : desiredOfOther(person, other), member: row })
}

/**
 * What is told and what is asked say the same: it counts, also when the status is none but the one that was noted. Who left,
 * came back here and leaves there again is heard. What is there no more says nothing: then the word counts.
 */
function stopAgain(event: ClaimedEvent, { status }: Pick<MemberRow, 'status'>): 'unsubscribed' | 'cleaned' | null {
  if (!saysStop(event)) return null
  if (status === 'unsubscribed' || status === 'cleaned') return status
  return status === 'archived' ? stopOf(event) : null
}

async function settleGone(tx: DbOrTx, { event, person_id, hash, at }: Found): Promise<string> {
  await recordGone(tx, { hash, at, believed_since: new Date(at.getTime() - BELIEVED_MS) })
  if (!saysStop(event)) return 'not there any more'
  await takeStop(tx, event, person_id, { stop: stopOf(event) })
  return stopOf(event)
}
