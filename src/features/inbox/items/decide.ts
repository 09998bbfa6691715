import type { Ring } from '../../../jobs/catalog.ts'
import type { Clock } from '../../../lib/clock.ts'
import { Conflict } from '../../../lib/errors.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { recordStaffAnswer } from '../../confirmations/index.ts'
import { recordConsent } from '../../consents/index.ts'
import { BY_EMAIL, unsubscribe } from '../../deliveries/index.ts'
import { suppressAddresses } from '../read/event-queries.ts'
import { listAddressesOfPerson } from '../read/origin-queries.ts'
import { changeItem, type Doer, sayChanged } from './change.ts'
import { recordDecision } from './change-queries.ts'
import { getInboxItem, type InboxItem } from './inbox.ts'
import type { Decision, ItemRow } from './item-queries.ts'

export interface DecideDeps {
  db: Db
  clock: Clock
  ring: Ring
}

/** `reopen` puts an item back; what was recorded of an answer stays until it is decided again. */
export type Deciding = Decision | 'reopen'

/**
 * A person settles a reply. Yes and No are recorded as the writer's answer, as if it had been understood; Unsubscribe
 * stops campaigns to them. Said twice it changes nothing.
 * @param input.version what the page showed; without one an item that is done is not decided otherwise
 * @throws NotFound, Conflict `inbox_changed`, `no_applicant`, or why the answer cannot be recorded
 */
export async function decideInbox(
  deps: DecideDeps,
  input: { id: number; decision: Deciding; version?: number | undefined; by: Doer },
): Promise<InboxItem> {
  const { id, decision, version, by } = input
  const now = deps.clock.now()
  await changeItem(deps.db, { id, version }, async (tx, item) => {
    const isDone = item.state === 'done'
    if (decision === 'reopen')
      return isDone ? recordDecision(tx, { id, decision: null, staff_id: null, now }) : undefined
    if (isDone && item.decision === decision) return undefined
    if (isDone && version === undefined) throw new Conflict('inbox_changed', sayChanged(item))
    await act(tx, item, { decision, by, now })
    return recordDecision(tx, { id, decision, staff_id: by.staff_id, now })
  })
  if (decision === 'yes' || decision === 'no') await deps.ring('sweep-deliveries', {})
  return getInboxItem(deps, { id })
}

async function act(tx: DbOrTx, item: ItemRow, { decision, by, now }: { decision: Decision; by: Doer; now: Date }) {
  if (decision === 'unsubscribe') return stopCampaigns(tx, item, { by, now })
  if (decision !== 'yes' && decision !== 'no') return undefined
  const { person_id, round_id } = item
  if (person_id === null || round_id === null)
    throw new Conflict('no_applicant', 'It is not known whose reply this is. Say first who wrote it.')
  const recorded = await recordStaffAnswer(tx, {
    ...{ round_id, person_id, answer: decision === 'yes' ? 'confirmed' : 'declined', by: by.name },
    ...{ incoming_id: item.incoming_id, delivery_id: item.delivery_id, said_at: item.received_at, now },
    message_id: item.message_id === null ? null : `<${item.message_id}>`,
  })
  if (!recorded.recorded) throw new Conflict('answer_not_recorded', recorded.why)
}

/** To every address of the reader where we know them, else to the one they wrote from. */
async function stopCampaigns(tx: DbOrTx, item: ItemRow, { by, now }: { by: Doer; now: Date }): Promise<void> {
  const { delivery_id, person_id, from_address } = item
  if (delivery_id !== null) return void (await unsubscribe({ db: tx as Db, clock: { now: () => now } }, delivery_id))
  const own = person_id === null ? [] : await listAddressesOfPerson(tx, person_id)
  const addresses = from_address === null ? own : [from_address, ...own]
  if (addresses.length === 0)
    throw new Conflict('nobody_to_unsubscribe', 'It does not say who it is from: nobody can be unsubscribed.')
  if (person_id !== null && own.length > 0)
    await recordConsent(tx, {
      ...{ person_id, purpose: 'programme_mail', given: false, ...BY_EMAIL },
      ...{ at: now, recorded_by: by.name },
    })
  await suppressAddresses(tx, { addresses, scope: 'campaigns', reason: 'unsubscribed', source: by.name })
}
