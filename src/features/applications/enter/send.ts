import type { Db } from '../../../platform/db/open.ts'
import { mailAsked } from '../ask-mail.ts'
import { getCurrentConduct } from '../conduct/conduct.ts'
import { findContactOfDelivery } from '../contact-queries.ts'
import type { DraftDeps } from '../draft/draft.ts'
import { type DraftRow, findDraft, findDraftOfContact, lockDraft, updateDraft } from '../draft/draft-queries.ts'
import { isLinkOld, mayVerify, periodOf } from '../draft/period.ts'
import { type AnswerChecks, findOpenPage } from '../form/answers.ts'
import { formQuestions } from '../form/questions.ts'
import { enterApplication } from './enter.ts'

/**
 * - `mailed`: the link that shows the address to work is on its way.
 * - `complete`: the address was known to work, and it is an application.
 * - `changed`: another window has changed the form since it was shown.
 * - `open`: a page is missing something; or the code of conduct has another version by now.
 */
export type Sent = 'mailed' | 'complete' | 'changed' | 'open' | 'closed' | 'gone'

/**
 * Sends a whole form. Sent twice, it is sent once. @param input.version of the form when it was shown
 * @param input.sent_at when the request arrived: who pressed the button in time is not late because we are slow
 */
export async function sendForm(
  { db, clock }: DraftDeps,
  { draft_id, version, checks, sent_at }: { draft_id: number; version: number; checks: AnswerChecks; sent_at: Date },
): Promise<Sent> {
  const now = clock.now()
  return db.transaction().execute(async (tx): Promise<Sent> => {
    const draft = await lockDraft(tx, draft_id)
    if (!draft) return 'gone'
    if (draft.application_id !== null) return 'complete'
    if (draft.submitted_at) return 'mailed'
    if (draft.address === null) return 'gone'
    if (periodOf(draft, sent_at).period !== 'open') return 'closed'
    if (draft.version !== version) return 'changed'
    const conduct = await getCurrentConduct(tx)
    if (draft.answers.code_of_conduct === 'Yes' && draft.code_of_conduct_id !== conduct.id) {
      const { code_of_conduct: _old, ...answers } = draft.answers
      await updateDraft(tx, draft.id, { answers, code_of_conduct_id: null }, now)
      return 'open'
    }
    if (findOpenPage(formQuestions(), draft.answers, checks) !== undefined) return 'open'
    await updateDraft(tx, draft.id, { submitted_at: sent_at, step: 5 }, now)
    if (draft.address_verified_at) {
      await enterApplication(tx, { ...draft, submitted_at: sent_at }, now)
      return 'complete'
    }
    const { round_id, contact_id, address } = draft
    await mailAsked(tx, { key: 'application_received', round_id, contact_id, address, now })
    return 'mailed'
  })
}

/** Takes a form back that was sent, as long as nobody has verified its address, so that it can be changed. */
export async function reopenForm({ db, clock }: DraftDeps, draftId: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const draft = await lockDraft(tx, draftId)
    if (!draft?.submitted_at || draft.application_id !== null) return
    if (periodOf(draft, clock.now()).period !== 'open') return
    await updateDraft(tx, draft.id, { submitted_at: null }, clock.now())
  })
}

/** Mails the link to verify the address once more. */
export async function mailVerification({ db, clock }: DraftDeps, draftId: number): Promise<void> {
  const draft = await findDraft(db, draftId)
  if (!draft?.submitted_at || draft.application_id !== null || draft.address === null) return
  if (!mayVerify(draft.submitted_at, periodOf(draft, clock.now()), clock.now())) return
  const { round_id, contact_id, address } = draft
  await db.transaction().execute((tx) => {
    return mailAsked(tx, { key: 'application_received', round_id, contact_id, address, now: clock.now() })
  })
}

/** Where a form stands, as the link of an email about it finds it. */
export interface LinkedForm {
  draft: DraftRow
  /** Older than seven days: the page offers a new link. */
  is_old: boolean
  /** The address can still be verified. */
  is_open: boolean
}

/** Undefined when the form is not there any more, or has another address by now. */
export async function findLinkedForm(
  { db }: { db: Db },
  deliveryId: number,
  now: Date,
): Promise<LinkedForm | undefined> {
  const contact = await findContactOfDelivery(db, deliveryId)
  const draft = contact && (await findDraftOfContact(db, contact.contact_id))
  if (!contact || !draft) return undefined
  const is_open = draft.submitted_at !== null && mayVerify(draft.submitted_at, periodOf(draft, now), now)
  return { draft, is_old: isLinkOld(contact.mailed_at, now), is_open }
}

/**
 * The button behind the link: the address works, and the form becomes an application. Pressed twice, it is one.
 * @param input.pressed_at when the request arrived
 * @param input.version of the form when the page with the button was shown, where it is known
 * @returns `changed` when it is another form by now than was shown: it has to be looked at again
 */
export async function verifyForm(
  { db, clock }: DraftDeps,
  { delivery_id, pressed_at, version }: { delivery_id: number; pressed_at: Date; version?: number | undefined },
): Promise<'changed' | undefined> {
  const linked = await findLinkedForm({ db }, delivery_id, pressed_at)
  if (!linked || linked.is_old) return undefined
  return db.transaction().execute(async (tx) => {
    const draft = await lockDraft(tx, linked.draft.id)
    // Changed meanwhile: taken back, sent from another address, verified, or too late by the time it is our turn.
    if (!draft?.submitted_at || draft.application_id !== null || draft.contact_id !== linked.draft.contact_id)
      return undefined
    if (!mayVerify(draft.submitted_at, periodOf(draft, pressed_at), pressed_at)) return undefined
    // Whoever sent it can take it back and send another while its reader looks at it.
    if (version !== undefined && version !== draft.version) return 'changed'
    await enterApplication(tx, draft, clock.now())
    return undefined
  })
}
