import { parseAddress } from '../../../lib/address.ts'
import { Conflict, type FieldFault, InvalidInput } from '../../../lib/errors.ts'
import type { DbOrTx } from '../../../platform/db/open.ts'
import { queueAutomatic } from '../../campaigns/index.ts'
import { listRoundRows } from '../../rounds/index.ts'
import { listAddressesOfPerson } from '../read/origin-queries.ts'
import { isOwnAddress } from '../receive/own-address.ts'
import { changeItem, type Doer } from './change.ts'
import { raiseVersion } from './change-queries.ts'
import type { DecideDeps } from './decide.ts'
import { getInboxItem, type InboxItem } from './inbox.ts'
import type { ItemRow } from './item-queries.ts'
import { ensureContact, insertReply } from './reply-queries.ts'

interface ReplyDeps extends DecideDeps {
  config: { mailDomain: string; mailFrom: string }
}

const BODY_LENGTH = 20_000
const SUBJECT_LENGTH = 250

/**
 * Writes back to who wrote, from the programme's address and in the same thread; the ledger carries it like any email.
 * The item stays as it is but for its version: answering and deciding are two things.
 * @throws NotFound, InvalidInput for `subject` or `body`, Conflict `inbox_changed`, `nobody_to_answer`, `suppressed`
 */
export async function replyFromInbox(
  deps: ReplyDeps,
  input: { id: number; body: string; subject?: string | undefined; version?: number | undefined; by: Doer },
): Promise<{ item: InboxItem; delivery_id: number }> {
  const body = input.body.replace(/\r\n?/g, '\n').trimEnd()
  checkText({ body, subject: input.subject })
  const now = deps.clock.now()
  const delivery_id = await changeItem(deps.db, input, async (tx, item) => {
    const address = addressToAnswer(deps, item)
    const { delivery_id, skipped } = await queueAutomatic(tx, {
      ...{
        key: 'inbox_reply',
        round_id: await roundOf(tx, item),
        to: await readerOf(tx, item, address, now),
        now,
        address,
      },
      in_reply_to: item.message_id === null ? null : `<${item.message_id}>`,
    })
    if (delivery_id === null || skipped !== null)
      throw new Conflict(
        'suppressed',
        `${address} gets no email from us (${(skipped ?? 'switched off').replaceAll('_', ' ')}). Write from your own mail program.`,
      )
    const subject = input.subject?.trim() || answerSubject(item.subject)
    await insertReply(tx, { item_id: item.id, delivery_id, subject, body, written_by: input.by.name, written_at: now })
    // The same page posted again, by another process or after a while, writes no second letter.
    await raiseVersion(tx, item.id)
    return delivery_id
  })
  await deps.ring('sweep-deliveries', {})
  return { item: await getInboxItem(deps, { id: input.id }), delivery_id }
}

/** "Re:" once, however often it went to and fro. */
export function answerSubject(subject: string | null): string {
  const bare = (subject ?? '').trim()
  return (/^re\s*:/i.test(bare) ? bare : `Re: ${bare}`).trim().slice(0, SUBJECT_LENGTH)
}

function checkText({ body, subject = '' }: { body: string; subject: string | undefined }): void {
  const faults: FieldFault[] = []
  if (body.trim() === '') faults.push({ field: 'body', message: 'Write something first.' })
  if (body.length > BODY_LENGTH)
    faults.push({ field: 'body', message: `has ${body.length} characters; ${BODY_LENGTH} are the most.` })
  if (body.includes('\0')) faults.push({ field: 'body', message: 'contains a character that text does not have.' })
  if (subject.length > SUBJECT_LENGTH || /\p{Cc}/u.test(subject))
    faults.push({ field: 'subject', message: `is one line of up to ${SUBJECT_LENGTH} characters.` })
  if (faults.length > 0) throw new InvalidInput(faults)
}

function addressToAnswer({ config }: ReplyDeps, { from_address, kind }: ItemRow): string {
  const parsed = parseAddress(from_address ?? '')
  if (!parsed.ok || kind === 'complaint')
    throw new Conflict('nobody_to_answer', 'It does not say who it is from: there is nobody to answer.')
  if (isOwnAddress(config, parsed.address))
    throw new Conflict('nobody_to_answer', 'It came from an address of our own: an answer would come back here.')
  return parsed.address
}

/** A person at an address of theirs; anybody else, and they from elsewhere, as a contact. */
async function readerOf(tx: DbOrTx, { person_id, from_name }: ItemRow, address: string, now: Date) {
  if (person_id !== null && (await listAddressesOfPerson(tx, person_id)).includes(address)) return { person_id }
  return { contact_id: await ensureContact(tx, { address, name: from_name ?? '', now }) }
}

/** An answer is kept with a round: the item's, or the newest. */
async function roundOf(tx: DbOrTx, { round_id }: ItemRow): Promise<number> {
  const id = round_id ?? (await listRoundRows(tx))[0]?.id
  if (id === undefined) throw new Conflict('no_round', 'An answer is kept with a round, and there is none yet.')
  return id
}
