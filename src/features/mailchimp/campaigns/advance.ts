import { Conflict } from '../../../lib/errors.ts'
import type { ChecklistItem, MailchimpCampaign } from '../../../platform/mailchimp/shapes.ts'
import { findCampaignElsewhere } from '../../campaigns/index.ts'
import { LATE_SECONDS } from '../../deliveries/index.ts'
import { startSync } from '../mirror/start-sync.ts'
import { after, type HandOver, type HandOverDeps, isWanted, LOOK_SOON_MS } from './hand-over-deps.ts'
import { type Handed, type HandedChange, recordHanded } from './handed-queries.ts'
import { findThere, readThere } from './read-there.ts'
import { countOfOtherRound, countRecipients, settleRecipients } from './recipient-queries.ts'
import { isSameContent } from './same-content.ts'
import { fillSegment, findSegment, leaveOldAddresses } from './segment.ts'

/** Mailchimp takes no time that is this near: it is waited for, and then sent at once. */
const NEAR_MS = 60_000

/**
 * Takes one language as far as it goes now: the tag, the campaign, its content, its time.
 * @throws Upstream, Conflict with the words of what stands in its way
 */
export async function advance(deps: HandOverDeps, hand: HandOver, row: Handed): Promise<void> {
  const { db, clock } = deps
  const { mailchimp, list_id, signal } = hand
  const note = (change: HandedChange) => recordHanded(db, row, change)

  const before = await findThere(mailchimp, list_id, row)
  const elsewhere = before && readThere(before, row, clock.now())
  // It was scheduled or sent before, and what Mailchimp answered was lost; or somebody did so there.
  if (before && elsewhere) return note({ mailchimp_id: before.id, ...elsewhere })
  await leaveOldAddresses(deps, mailchimp, list_id, row)
  await db.transaction().execute((tx) => settleRecipients(tx, row.campaign_id, row.language))
  const recipients = await countRecipients(db, row.campaign_id, row.language)
  if (recipients === 0) {
    if (before) await mailchimp.deleteCampaign(before.id)
    return note({
      state: 'cancelled',
      recipients: 0,
      words: 'Nobody of them is subscribed in the audience.',
      look_at: null,
    })
  }
  refuseLate(row, clock.now())
  await refuseOtherRound(deps, hand, row)
  const segment_id = await fillSegment(deps, mailchimp, list_id, row, signal)
  await note({ recipients })
  if (!(await isWhole(deps, hand, { ...row, segment_id, recipients }))) return
  const whole = row.state === 'ready' ? before : undefined
  const there = whole ?? (await make(deps, hand, { ...row, segment_id }, before))
  if (there === undefined) return
  await note({ mailchimp_id: there.id })
  if (!whole) await writeContent(hand, row, there.id)
  await note({ state: 'ready', words: null })
  signal?.throwIfAborted()
  await letGo(deps, hand, row, there.id)
}

function refuseLate({ send_at }: Handed, now: Date): void {
  if (send_at === null || now.getTime() - send_at.getTime() <= LATE_SECONDS * 1000) return
  throw new Conflict(
    'too_late',
    'It would come more than two hours late. Hand it over again to send it all the same, or cancel it.',
  )
}

/** The audience knows one partner of a person: of the latest round they are in. */
async function refuseOtherRound({ db }: HandOverDeps, { campaign, messages }: HandOver, row: Handed): Promise<void> {
  const message = messages.languages.get(row.language)
  if (!message) throw new Conflict('text_missing', `There is no text in ${row.language}. Cancel it, and write a copy.`)
  const [unfillable] = message.unfillable
  if (unfillable !== undefined) {
    const words = `Mailchimp cannot fill {{${unfillable}}}: the audience was connected with other fields when it was scheduled.`
    throw new Conflict('mailchimp_field', `${words} Cancel it, and send a copy.`)
  }
  if (!message.fields.includes('partner.given_name')) return
  const count = await countOfOtherRound(db, { ...row, round_code: campaign.round_code })
  if (count === 0) return
  const whom = count === 1 ? '1 person is' : `${count} people are`
  throw new Conflict(
    'other_round',
    `${whom} in another round by now, and {{partner.given_name}} would show their partner there. Cancel it, and send a copy by email or without the field.`,
  )
}

/** Sent to a tag that Mailchimp does not show whole, it would reach only some, or others: it is looked at again instead. */
async function isWhole(deps: HandOverDeps, hand: HandOver, row: Handed & { segment_id: number }): Promise<boolean> {
  const count = (await findSegment(hand.mailchimp, hand.list_id, row.segment_id))?.member_count ?? 0
  if (count === row.recipients) return true
  const words = `Mailchimp shows the tag “${row.title}” at ${count} of its contacts, and ${row.recipients} are to have it. It is looked at again in a moment.`
  await recordHanded(deps.db, row, { words, look_at: after(deps.clock.now(), LOOK_SOON_MS) })
  await readAnew(deps, hand)
  return false
}

/** Longer than this Mailchimp's own writes are hardly ever unseen. */
const SEEN_MS = 5 * 60_000
const READ_MS = 30 * 60_000

/** Somebody may have left there, and the word of it was lost: then everybody is read, and who left is left out. */
async function readAnew(deps: HandOverDeps, { campaign, read_at }: HandOver): Promise<void> {
  const now = deps.clock.now()
  if (campaign.frozen_at > after(now, -SEEN_MS) || (read_at !== null && read_at > after(now, -READ_MS))) return
  await startSync(deps, { whole: true, dry_run: false })
}

/**
 * A draft of before gives way: somebody may have given it other recipients there, or another subject. Undefined when it is
 * not wanted any more.
 */
async function make(
  { db }: HandOverDeps,
  { mailchimp, list_id, messages, count_opens }: HandOver,
  row: Handed & { segment_id: number },
  before: MailchimpCampaign | undefined,
): Promise<MailchimpCampaign | undefined> {
  if (!isWanted(await findCampaignElsewhere(db, row.campaign_id))) return undefined
  if (before) await mailchimp.deleteCampaign(before.id)
  return mailchimp.createCampaign({
    list_id,
    segment_id: row.segment_id,
    title: row.title,
    subject_line: messages.languages.get(row.language)?.subject ?? '',
    // It stands in the HTML already, hidden as in our own mail: a second one would be read after it.
    preview_text: '',
    from_name: messages.from.name,
    reply_to: messages.from.address,
    count_clicks: messages.count_clicks,
    count_opens,
  })
}

async function writeContent({ mailchimp, messages }: HandOver, row: Handed, id: string): Promise<void> {
  const { html = '', text = '' } = messages.languages.get(row.language) ?? {}
  const content = { html, plain_text: text }
  await mailchimp.putContent(id, content)
  if (!isSameContent(content, await mailchimp.readContent(id)))
    throw new Conflict(
      'content_differs',
      'What Mailchimp keeps of the text is not what it was given. Look at the campaign there, then hand it over again.',
    )
  const { is_ready, items } = await mailchimp.readChecklist(id)
  const errors = items.filter((item) => item.type === 'error')
  if (is_ready && errors.length === 0) return
  const said = errors.map(sayItem).join(' ') || 'It does not say why.'
  throw new Conflict('not_ready', `Mailchimp does not call it ready: ${said} Mend that, then hand it over again.`)
}

function sayItem({ heading, details }: ChecklistItem): string {
  const words = [heading, details].map((text) => text.replace(/\s+/g, ' ').trim()).filter((text) => text !== '')
  return `${words
    .join(': ')
    .slice(0, 500)
    .replace(/[.\s]+$/, '')}.`
}

/** Gives it its time, or sends it. Cancelled at this very moment it is taken back after, or its report tells who got it. */
async function letGo({ db, clock }: HandOverDeps, { mailchimp }: HandOver, row: Handed, id: string): Promise<void> {
  if (!isWanted(await findCampaignElsewhere(db, row.campaign_id))) return
  const now = clock.now()
  const send_at = row.send_at ?? now
  const note = (change: HandedChange) => recordHanded(db, row, change)
  if (send_at <= now) {
    await mailchimp.sendCampaign(id)
    return note({ state: 'sending', send_at, look_at: after(now, LOOK_SOON_MS) })
  }
  if (send_at.getTime() - now.getTime() < NEAR_MS) return note({ look_at: send_at })
  await mailchimp.scheduleCampaign(id, send_at)
  const scheduled: MailchimpCampaign = { id, title: row.title, status: 'schedule', send_time: send_at, emails_sent: 0 }
  await note(readThere(scheduled, row, now) ?? {})
}
