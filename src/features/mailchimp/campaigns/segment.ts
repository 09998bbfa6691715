import type { Mailchimp, MailchimpTag } from '../../../platform/mailchimp/shapes.ts'
import type { HandOverDeps } from './hand-over-deps.ts'
import { type Handed, recordHanded } from './handed-queries.ts'
import { eachAddresses, listOldAddresses } from './recipient-queries.ts'

/** The most addresses that one call takes. */
const A_CALL = 500

/**
 * Gives a tag to exactly those who get the campaign, and notes it. Done again it changes nothing, and takes the tag from who
 * was left out since. Returns its id.
 */
export async function fillSegment(
  deps: Pick<HandOverDeps, 'db'>,
  mailchimp: Mailchimp,
  list_id: string,
  row: Handed,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { campaign_id, language } = row
  const people = (who: 'in' | 'out') => eachAddresses(deps.db, { campaign_id, language, who, count: A_CALL })
  let id = row.segment_id
  for await (const add of people('in')) {
    signal?.throwIfAborted()
    if (id === null) {
      id = (await mailchimp.createTag(list_id, row.title, add)).id
      await recordHanded(deps.db, row, { segment_id: id })
    }
    // These too: a tag whose making was not noted is found, and may have been made for others.
    await mailchimp.changeTag(list_id, id, { add })
  }
  for await (const remove of people('out')) {
    signal?.throwIfAborted()
    await mailchimp.changeTag(list_id, id as number, { remove })
  }
  return id as number
}

/** Takes the tag from addresses that its people do not use any more: a contact of others stays there under the old one. */
export async function leaveOldAddresses(
  { db }: Pick<HandOverDeps, 'db'>,
  mailchimp: Mailchimp,
  list_id: string,
  { campaign_id, language, segment_id }: Handed,
): Promise<void> {
  if (segment_id === null) return
  const old = await listOldAddresses(db, campaign_id, language)
  for (let at = 0; at < old.length; at += A_CALL)
    await mailchimp.changeTag(list_id, segment_id, { remove: old.slice(at, at + A_CALL) })
}

/** The tag as Mailchimp shows it now; undefined while it does not show it. */
export async function findSegment(
  mailchimp: Mailchimp,
  list_id: string,
  id: number,
): Promise<MailchimpTag | undefined> {
  return (await mailchimp.listTags(list_id)).find((tag) => tag.id === id)
}
