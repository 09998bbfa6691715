import type { DbOrTx } from '../../../platform/db/open.ts'
import type { Incoming, ReportRecipient } from '../../../platform/mail/incoming/index.ts'
import { closeAccountOf, stopRefusingDomain } from '../../deliveries/index.ts'
import { SCORE_THRESHOLD, scoreBounces, suppressesAtOnce } from './bounce-score.ts'
import { listBouncesOf, recordEvents, suppressAddresses } from './event-queries.ts'
import type { Origin } from './origin.ts'
import { listAddressesOfPerson, type OriginDelivery } from './origin-queries.ts'
import { isProviderLimit } from './provider-limit.ts'

export interface Came {
  outcome: string
  /** Given when the row should say more than why it was sorted so. */
  why?: string
  /** It needs a person, for this reason. */
  ask?: string
}

interface Report {
  incoming_id: number
  incoming: Incoming
  origin: Origin
  received_at: Date
}

const WORDS = 1000
/** Older bounces are stale in any case: scoreBounces. */
const LOOKED_AT_MS = 60 * 86_400_000
/** RFC 5965 §7.3, and what its registry has gained: no complaint of a reader. */
const NO_COMPLAINT = ['not-spam', 'auth-failure', 'dmarc']

/** Mail that goes to nobody who takes part: what comes back of it changes nothing. */
const isOfNobody = ({ is_test, campaign_kind }: OriginDelivery) => is_test || campaign_kind === 'staff'

/**
 * Writes down what came back of a message, recipient by recipient. An address that does not exist gets no more mail at
 * once, one that fails again and again after some days (bounce-score.ts). A provider's limit closes the account and says
 * nothing of the reader; a domain that refuses us is stopped after a few.
 */
export async function actOnBounce(tx: DbOrTx, { incoming_id, incoming, origin, received_at }: Report): Promise<Came> {
  const recipients = incoming.report?.recipients ?? []
  const failed = recipients.filter(({ action }) => action === 'failed')
  if (recipients.length > 0 && failed.length === 0)
    return { outcome: 'ignored', why: `It only says that the message was ${recipients[0]?.action ?? 'delayed'}.` }
  const { delivery } = origin
  if (!delivery?.address) return { outcome: 'ignored', why: 'It is about no message of ours that can be found.' }
  const { address } = delivery
  const ours = failed.find((each) => each.address === address) ?? failed[0] ?? NOTHING_TOLD
  const others = failed.filter((each) => each !== ours && each.address !== null && each.address !== address)
  const classOf = (each: ReportRecipient) => (isProviderLimit(each) ? 'policy' : each.class)
  const event = (each: ReportRecipient, about: string) => ({
    ...{ delivery_id: delivery.id, incoming_id, kind: 'bounce' as const, class: classOf(each), status: each.status },
    ...{ words: each.diagnostic.slice(0, WORDS), address: about, at: received_at },
  })
  await recordEvents(tx, [event(ours, address), ...others.map((each) => event(each, each.address as string))])
  const refusal = { delivery_id: delivery.id, words: ours.diagnostic.slice(0, WORDS), at: received_at }
  if (isProviderLimit(ours)) {
    await closeAccountOf(tx, refusal)
    return { outcome: 'bounce', why: 'Our mail provider says that the account has reached its limit.' }
  }
  if (ours.class === 'blocked') await stopRefusingDomain(tx, refusal)
  if (isOfNobody(delivery)) return { outcome: 'bounce' }
  const since = new Date(received_at.getTime() - LOOKED_AT_MS)
  const isGone =
    suppressesAtOnce(ours, address) || scoreBounces(await listBouncesOf(tx, { address, since })) >= SCORE_THRESHOLD
  if (isGone)
    await suppressAddresses(tx, {
      ...{ addresses: [address], scope: 'all', reason: 'hard_bounce', source: `delivery ${delivery.id}` },
    })
  return { outcome: 'bounce' }
}

const NOTHING_TOLD: ReportRecipient = {
  ...{ address: null, action: 'failed', status: null, diagnostic: '', class: 'unknown', suppress: false },
}

/** A reader who calls our mail unwanted gets no more of it, at any address. */
export async function actOnComplaint(
  tx: DbOrTx,
  { incoming_id, incoming, origin, received_at }: Report,
): Promise<Came> {
  const type = incoming.report?.feedback_type ?? 'abuse'
  if (NO_COMPLAINT.includes(type)) return { outcome: 'ignored', why: `It is a report of ${type}, and no complaint.` }
  const { delivery } = origin
  if (!delivery?.address)
    return { outcome: 'inbox', ask: 'Somebody complains about a message of ours, and it does not tell which one.' }
  await recordEvents(tx, [
    {
      delivery_id: delivery.id,
      incoming_id,
      kind: 'complaint',
      words: type,
      address: delivery.address,
      at: received_at,
    },
  ])
  if (isOfNobody(delivery)) return { outcome: 'complaint' }
  const own = delivery.person_id === null ? [] : await listAddressesOfPerson(tx, delivery.person_id)
  await suppressAddresses(tx, {
    ...{ addresses: [delivery.address, ...own], scope: 'all', reason: 'complaint', source: `delivery ${delivery.id}` },
  })
  return { outcome: 'complaint' }
}
