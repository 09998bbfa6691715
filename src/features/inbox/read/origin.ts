import { parseAddress } from '../../../lib/address.ts'
import { type TokenKeys, verifyToken } from '../../../lib/tokens.ts'
import type { DbOrTx } from '../../../platform/db/open.ts'
import type { Incoming, OwnPurpose } from '../../../platform/mail/incoming/index.ts'
import {
  findPersonByAddress,
  findRoundOfPerson,
  listAddressesOfPerson,
  listOriginDeliveries,
  type OriginDelivery,
} from './origin-queries.ts'

export type FoundBy = 'token' | 'in_reply_to' | 'references' | 'returned' | 'address'

/** What a message is about, as far as it can be told. */
export interface Origin {
  delivery: OriginDelivery | undefined
  found_by: FoundBy | null
  person_id: number | null
  round_id: number | null
  /** Its tokens are of messages to several people. */
  is_ambiguous: boolean
  /** It has something that looks like a token of ours and is none. */
  has_bad_token: boolean
  /** The sender's address is one of the person's. */
  is_from_person: boolean
  /** It is an address of another person of ours. */
  is_from_another: boolean
}

interface Candidate {
  id: number
  found_by: FoundBy
}

/**
 * Finds the message of ours that this one is about: by a token in an address (the envelope's first), else by its
 * Message-ID in In-Reply-To, References or a returned header; a sender's address alone only tells the person. Every
 * candidate carries an HMAC of ours: what anybody could make up is not looked up.
 */
export async function findOrigin(db: DbOrTx, keys: TokenKeys, incoming: Incoming): Promise<Origin> {
  const tokens = incoming.tokens.filter(({ purpose }) => purposesOf(incoming).includes(purpose))
  const byToken = tokens.flatMap(({ purpose, token }): Candidate[] => {
    const id = verifyToken(keys, purpose, token)
    return id === undefined ? [] : [{ id, found_by: 'token' }]
  })
  const candidates = [...byToken, ...readMessageIds(keys, incoming)]
  const rows = await listOriginDeliveries(
    db,
    candidates.map(({ id }) => id),
  )
  const known = candidates.flatMap((candidate) => {
    const delivery = rows.find(({ id }) => id === candidate.id)
    return delivery ? [{ delivery, found_by: candidate.found_by }] : []
  })
  const { delivery, found_by } = known[0] ?? { delivery: undefined, found_by: null }
  const sender = senderOf(incoming)
  const shared = {
    is_ambiguous: new Set(known.map((each) => each.delivery.person_id)).size > 1,
    has_bad_token: tokens.length > byToken.length,
  }
  if (delivery) {
    const addresses =
      delivery.person_id === null ? [delivery.address] : await listAddressesOfPerson(db, delivery.person_id)
    const is_from_person = sender !== undefined && addresses.includes(sender)
    const owner = is_from_person || sender === undefined ? undefined : await findPersonByAddress(db, sender)
    return {
      ...{ delivery, found_by, person_id: delivery.person_id, round_id: delivery.round_id, ...shared, is_from_person },
      is_from_another: owner !== undefined,
    }
  }
  // A report comes from a mail server, whoever that claims to be.
  const person_id = sender && isFromWriter(incoming) ? await findPersonByAddress(db, sender) : undefined
  if (person_id === undefined)
    return { delivery, found_by: null, person_id: null, round_id: null, ...shared, ...NOBODY }
  const round_id = (await findRoundOfPerson(db, person_id)) ?? null
  return { delivery, found_by: 'address', person_id, round_id, ...shared, is_from_person: true, is_from_another: false }
}

const NOBODY = { is_from_person: false, is_from_another: false }

/** The address it says to be from, as addresses are kept; undefined when it says none that could be one. */
export function senderOf({ from }: Pick<Incoming, 'from'>): string | undefined {
  const parsed = parseAddress(from?.address ?? '')
  return parsed.ok ? parsed.address : undefined
}

const isFromWriter = ({ kind }: Incoming) => kind === 'reply' || kind === 'auto_reply' || kind === 'unsubscribe'

/** A reply that was sent to bounce+token@ (some servers answer the envelope) is about that message all the same. */
function purposesOf({ kind }: Incoming): OwnPurpose[] {
  return kind === 'unsubscribe' ? ['unsubscribe'] : ['reply', 'bounce', 'unsubscribe']
}

/** Our Message-IDs are `{delivery id}.{token}@{domain}` (campaigns/message/compose.ts). */
function readMessageIds(keys: TokenKeys, incoming: Incoming): Candidate[] {
  return incoming.own_message_ids.flatMap((messageId): Candidate[] => {
    const [, id = '', token = ''] = /^(\d+)\.([a-z2-7]+)@/.exec(messageId) ?? []
    if (verifyToken(keys, 'resend', token) !== Number(id)) return []
    const is = (ids: string[]) => ids.some((each) => each.toLowerCase() === messageId)
    const found_by = is(incoming.in_reply_to) ? 'in_reply_to' : is(incoming.references) ? 'references' : 'returned'
    return [{ id: Number(id), found_by }]
  })
}
