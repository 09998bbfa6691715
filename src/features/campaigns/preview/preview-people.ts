import type { Db } from '../../../platform/db/open.ts'
import { getScheduledCampaign } from '../schedule/schedule-queries.ts'
import {
  findPreviewPerson,
  findTellingPeople,
  type PreviewPerson,
  type PreviewReason,
  searchPeople,
} from './preview-queries.ts'

export { findPreviewPerson, type PreviewPerson, type PreviewReason }

const FOUND = 10

/**
 * Recipients for whom a text is most likely to look wrong, in the order of their reasons; nobody twice. Of a large
 * audience only the beginning is looked through (preview-queries.ts). @throws NotFound
 */
export async function listPreviewPeople(
  db: Db,
  campaignId: number,
): Promise<(PreviewPerson & { reasons: PreviewReason[] })[]> {
  const campaign = await getScheduledCampaign(db, campaignId)
  const found = new Map<number, PreviewPerson & { reasons: PreviewReason[] }>()
  for (const { reason, ...person } of await findTellingPeople(db, campaign)) {
    const known = found.get(person.id) ?? { ...person, reasons: [] }
    known.reasons.push(reason)
    found.set(person.id, known)
  }
  return [...found.values()]
}

/** Up to ten people by the beginning of a name or an address; nobody for an empty one. */
export async function searchPreviewPeople(db: Db, beginning: string): Promise<PreviewPerson[]> {
  const wanted = beginning.trim()
  return wanted === '' || wanted.includes('\0') ? [] : searchPeople(db, wanted, FOUND)
}
