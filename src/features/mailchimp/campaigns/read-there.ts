import { Upstream } from '../../../lib/errors.ts'
import type { Mailchimp, MailchimpCampaign } from '../../../platform/mailchimp/shapes.ts'
import { after, earlier, LOOK_SELDOM_MS, LOOK_SOON_MS } from './hand-over-deps.ts'
import type { Handed, HandedChange } from './handed-queries.ts'

/** The campaign there: by its id, or by its title when the answer to its making was lost. Undefined: there is none. */
export async function findThere(
  mailchimp: Mailchimp,
  list_id: string,
  { mailchimp_id, title }: Pick<Handed, 'mailchimp_id' | 'title'>,
): Promise<MailchimpCampaign | undefined> {
  // Also where nothing is noted yet: a restored copy may know nothing of what was made and sent.
  if (mailchimp_id === null) return mailchimp.findCampaign(list_id, title)
  try {
    return await mailchimp.getCampaign(mailchimp_id)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

const isMissing = (error: unknown) => error instanceof Upstream && error.code === 'mailchimp_missing'

/**
 * What is gone there after it may have begun to be sent: nobody knows who got it, and it is not sent again. Undefined when it
 * had surely not begun.
 */
export function readGone({ state, send_at }: Handed, now: Date): HandedChange | undefined {
  const mayHaveBegun = state === 'sending' || (state === 'scheduled' && send_at !== null && send_at <= now)
  return mayHaveBegun ? { state: 'sent', words: GONE, sent_at: send_at ?? now, look_at: now } : undefined
}

const GONE = 'It was deleted in Mailchimp after it may have begun to be sent: who got it is not known.'

const STOPPED = 'It was stopped there while it was being sent: whoever had not got it by then gets nothing.'

/**
 * What Mailchimp says of a campaign that has left the state of a draft, in our words. Undefined for a draft. One that was
 * stopped midway is sent, as far as it is: who got it is for its report to say.
 */
export function readThere(there: MailchimpCampaign, row: Handed, now: Date): HandedChange | undefined {
  switch (there.status) {
    case 'save':
    // Of a regular campaign: unscheduled there.
    case 'paused':
      return undefined
    case 'schedule': {
      const send_at = there.send_time ?? row.send_at
      const next = after(now, LOOK_SELDOM_MS)
      const look_at = send_at && send_at > now ? earlier(send_at, next) : after(now, LOOK_SOON_MS)
      return { state: 'scheduled', words: null, send_at, look_at }
    }
    case 'sending':
    case 'canceling':
      return { state: 'sending', words: null, look_at: after(now, LOOK_SOON_MS) }
    case 'canceled':
      return { state: 'sent', words: STOPPED, sent_at: there.send_time ?? now, look_at: now }
    case 'sent':
    case 'archived':
      return { state: 'sent', words: null, sent_at: there.send_time ?? now, look_at: now }
  }
}
