import type { Account, Campaign, Contact, List } from './account.ts'
import { fieldByTag } from './account.ts'
import { setStatus } from './contacts.ts'
import { fillIn, type Values } from './merge-tags.ts'
import { recipientsOf } from './recipients.ts'
import type { FakeCopy } from './shapes.ts'
import { tell } from './told.ts'

/** Sends what was sent by the API or is due. Returns how many copies left. */
export function runCampaigns(account: Account): number {
  const now = account.clock.now()
  let copies = 0
  for (const campaign of account.campaigns.values()) {
    const isDue = campaign.status === 'schedule' && campaign.send_time && campaign.send_time <= now
    if (campaign.status === 'sending' || isDue) copies += sendOne(account, campaign)
  }
  return copies
}

function sendOne(account: Account, campaign: Campaign): number {
  const list = account.lists.get(campaign.list_id)
  if (!list) {
    campaign.status = 'canceled'
    return 0
  }
  for (const contact of recipientsOf(account, campaign)) {
    const copy = copyFor(account, list, campaign, contact)
    campaign.copies.set(contact.hash, copy)
    if (copy.status !== 'sent') bounce(account, list, campaign, contact, copy.status)
  }
  campaign.status = 'sent'
  campaign.send_time ??= account.clock.now()
  const subject = String(campaign.settings.subject_line ?? '')
  const said = { '[id]': campaign.id, '[subject]': subject, '[status]': 'sent', '[reason]': '', '[list_id]': list.id }
  tell(account, list, 'campaign', 'campaign', said)
  return campaign.copies.size
}

/** A hard bounce takes the contact out of the list at once; a soft one only shows in the report. */
function bounce(account: Account, list: List, campaign: Campaign, contact: Contact, kind: 'hard' | 'soft'): void {
  const deed = { action: 'bounce' as const, at: account.clock.now(), url: undefined, type: kind, ip: undefined }
  campaign.deeds.set(contact.hash, [...(campaign.deeds.get(contact.hash) ?? []), deed])
  if (kind === 'soft') return
  setStatus(account, contact, 'cleaned')
  const said = { '[list_id]': list.id, '[campaign_id]': campaign.id, '[reason]': 'hard', '[email]': contact.address }
  tell(account, list, 'user', 'cleaned', said)
}

function bounceOf(contact: Contact): FakeCopy['status'] {
  if (contact.bounces) return contact.bounces
  if (/^bounces([+.-].*)?@/i.test(contact.address)) return 'hard'
  return /^softly([+.-].*)?@/i.test(contact.address) ? 'soft' : 'sent'
}

const FOOTER = {
  html: '<p><a href="*|UNSUB|*">Unsubscribe</a> *|LIST:ADDRESS|*</p>',
  text: '\n\nUnsubscribe: *|UNSUB|*\n*|LIST:ADDRESS|*\n',
}

function copyFor(account: Account, list: List, campaign: Campaign, contact: Contact): FakeCopy {
  const values = valuesFor(account, list, campaign, contact)
  const isFooted = (content: string) => content === '' || content.includes('*|UNSUB|*')
  const { html, plain_text } = campaign
  const filled = fillIn(isFooted(html) ? html : withFooter(html), values, escapeHtml)
  return {
    campaign_id: campaign.id,
    email_address: contact.address,
    status: bounceOf(contact),
    subject: fillIn(String(campaign.settings.subject_line ?? ''), values),
    html: filled,
    plain_text: fillIn(isFooted(plain_text) ? plain_text : plain_text + FOOTER.text, values),
    links: linksIn(filled),
  }
}

function withFooter(html: string): string {
  const end = html.toLowerCase().lastIndexOf('</body>')
  return end < 0 ? html + FOOTER.html : html.slice(0, end) + FOOTER.html + html.slice(end)
}

function valuesFor(account: Account, list: List, campaign: Campaign, contact: Contact): Values {
  const at = `https://fake.list-manage.example`
  const who = `u=8d3a3db4d9&id=${list.id}&e=${contact.unique_id}&c=${campaign.id}`
  const known: Record<string, string> = {
    EMAIL: contact.address,
    UNIQID: contact.unique_id,
    UNSUB: `${at}/unsubscribe?${who}`,
    UPDATE_PROFILE: `${at}/profile?${who}`,
    ARCHIVE: `https://fake.campaign-archive.example/?id=${campaign.id}`,
    'LIST:NAME': list.name,
    'LIST:COMPANY': 'Mentoring Programme',
    'LIST:ADDRESS': 'Mentoring Programme, 1 Example Street',
    'HTML:LIST_ADDRESS_HTML': 'Mentoring Programme, 1 Example Street',
    'MC:SUBJECT': String(campaign.settings.subject_line ?? ''),
    MC_PREVIEW_TEXT: String(campaign.settings.preview_text ?? ''),
    CURRENT_YEAR: String(account.clock.now().getUTCFullYear()),
  }
  return (name) => {
    const field = fieldByTag(list, name)
    return field ? contact.fields.get(name) || field.default_value : known[name]
  }
}

const escapeHtml = (value: string) =>
  value.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign)

function linksIn(html: string): string[] {
  const found = [...html.matchAll(/<a\b[^>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)]
  return found.map(([, double, single]) => (double ?? single ?? '').replaceAll('&quot;', '"').replaceAll('&amp;', '&'))
}
