import type { Campaign, Contact, List } from './account.ts'
import type { FakeCampaign, FakeMember } from './shapes.ts'

/** A contact as tests look at it. Fields without a value are left out. */
export function presentContact(list: List, contact: Contact): FakeMember {
  const filled = [...contact.fields].filter(([, value]) => value !== '')
  return {
    ...{ id: contact.hash, email_address: contact.address, status: contact.status },
    merge_fields: Object.fromEntries(filled),
    tags: [...contact.tags.keys()].map((id) => list.tags.get(id)?.name ?? '').sort(),
    last_changed: contact.changed_at,
    unsubscribe_reason: contact.reason ?? null,
  }
}

export function presentCampaign(campaign: Campaign): FakeCampaign {
  return {
    ...{ id: campaign.id, status: campaign.status, list_id: campaign.list_id },
    title: String(campaign.settings.title ?? ''),
    segment_id: campaign.segment_id ?? null,
    subject: String(campaign.settings.subject_line ?? ''),
    send_time: campaign.send_time ?? null,
    emails_sent: campaign.copies.size,
  }
}
