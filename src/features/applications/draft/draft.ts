import { createHash } from 'node:crypto'
import { parseAddress } from '../../../lib/address.ts'
import type { Clock } from '../../../lib/clock.ts'
import { findCountryCode } from '../../../lib/countries.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { queueAutomatic } from '../../campaigns/index.ts'
import { mailAsked, mayMail } from '../ask-mail.ts'
import { ensureConduct } from '../conduct/conduct.ts'
import { insertContact, updateContact } from '../contact-queries.ts'
import type { Answers } from '../form/answers.ts'
import { answersFrom } from '../form/application-of.ts'
import { formQuestions, type Question } from '../form/questions.ts'
import { splitName } from '../form/split-name.ts'
import {
  type DraftRow,
  findDraft,
  findEarlierApplication,
  insertDraft,
  lockDraft,
  updateDraft,
} from './draft-queries.ts'

export interface DraftDeps {
  db: Db
  clock: Clock
}

/** A form begins with its first page. @param answers of that page, without a fault. Returns its id. */
export async function startDraft(
  { db, clock }: DraftDeps,
  { round_id, answers }: { round_id: number; answers: Answers },
): Promise<number> {
  const now = clock.now()
  return db.transaction().execute(async (tx) => {
    const contact = contactOf(answers)
    const contact_id = await insertContact(tx, { ...contact, now })
    return insertDraft(tx, { round_id, contact_id, answers, language: contact.language, step: 2, now })
  })
}

/** What the answers to these questions were when a page was shown: of two windows the second is told. */
export function markOf(questions: readonly Question[], answers: Answers): string {
  const shown = questions.map(({ id }) => answers[id] ?? '')
  return createHash('sha256').update(JSON.stringify(shown)).digest('base64url').slice(0, 16)
}

export interface PageSave {
  draft_id: number
  page: number
  /** The questions of the page. */
  questions: readonly Question[]
  answers: Answers
  /** `markOf` what the page showed. */
  mark: string
  /** The version of the code of conduct that the page showed. */
  conduct?: string | undefined
}

export type Saved = 'saved' | 'saved_over' | 'sent' | 'conduct_changed' | 'gone'

/**
 * Keeps the answers of one page. What was sent last counts; `saved_over` says that another window, or this one before,
 * had answered the page otherwise since it was shown. A form that was sent is not changed.
 */
export async function savePage({ db, clock }: DraftDeps, save: PageSave): Promise<Saved> {
  const now = clock.now()
  return db.transaction().execute(async (tx) => {
    const draft = await lockDraft(tx, save.draft_id)
    if (!draft || draft.address === null) return 'gone'
    if (draft.submitted_at) return 'sent'
    const conduct = await agreedConduct(tx, save, now)
    if (conduct === 'changed') return 'conduct_changed'
    const before = markOf(save.questions, draft.answers)
    const isOver = save.mark !== before && markOf(save.questions, save.answers) !== before
    const answers = { ...draft.answers, ...save.answers }
    await updateDraft(tx, draft.id, { answers, step: save.page + 1, ...conduct }, now)
    if (save.page === 1) await moveContact(tx, draft, answers, now)
    return isOver ? 'saved_over' : 'saved'
  })
}

async function agreedConduct(tx: DbOrTx, { answers, conduct }: PageSave, now: Date) {
  if (answers.code_of_conduct !== 'Yes') return {}
  const current = await ensureConduct(tx, now)
  return conduct === current.version ? { code_of_conduct_id: current.id } : ('changed' as const)
}

/**
 * Another address is another contact: a link that was mailed to the old one must not vouch for the new one. The old one
 * is forgotten by the sweep.
 */
async function moveContact(tx: DbOrTx, draft: DraftRow, answers: Answers, now: Date): Promise<void> {
  const { address, ...contact } = contactOf(answers)
  if (address === draft.address) {
    await updateContact(tx, draft.contact_id, contact)
    await updateDraft(tx, draft.id, { language: contact.language }, now)
    return
  }
  const contact_id = await insertContact(tx, { address, ...contact, now })
  await updateDraft(tx, draft.id, { contact_id, language: contact.language, address_verified_at: null }, now)
}

function contactOf(answers: Answers) {
  const text = (id: string) => [answers[id] ?? []].flat()[0] ?? ''
  const address = parseAddress(text('email'))
  if (!address.ok) throw new Error('the first page was kept with a faulty address')
  return {
    address: address.address,
    ...splitName(text('name'), text('given_name')),
    country_code: findCountryCode(text('country')) ?? null,
    language: text('language') || 'en',
  }
}

/** Mails the link that goes on with a form from anywhere. */
export async function mailResume({ db, clock }: DraftDeps, draftId: number): Promise<void> {
  const draft = await findDraft(db, draftId)
  if (!draft || draft.address === null || draft.submitted_at) return
  const { round_id, contact_id, address } = draft
  await db.transaction().execute((tx) => {
    return mailAsked(tx, { key: 'application_resume', round_id, contact_id, address, now: clock.now() })
  })
}

/**
 * Mails a link to a new form with the last answers of whoever has this address. Where we know nobody, the same with an
 * empty form: neither the page nor the time it takes tells which.
 * @param input.address normalised
 */
export async function mailLastAnswers(
  { db, clock }: DraftDeps,
  { round_id, address, language }: { round_id: number; address: string; language: string },
): Promise<void> {
  const now = clock.now()
  await db.transaction().execute(async (tx) => {
    const earlier = await findEarlierApplication(tx, address)
    const key = earlier ? 'application_returning' : 'application_resume'
    // A form that no link leads to is not begun.
    if (!(await mayMail(tx, { key, address, now }))) return
    const answers = earlier ? answersFrom(formQuestions(), earlier, address) : { email: address, language }
    const contact = {
      address,
      given_name: earlier?.given_name ?? '',
      family_name: earlier?.family_name ?? '',
      country_code: earlier?.country_code ?? null,
      language: earlier?.language ?? language,
    }
    const contact_id = await insertContact(tx, { ...contact, now })
    await insertDraft(tx, { round_id, contact_id, answers, language: contact.language, step: 1, now })
    await queueAutomatic(tx, { key, round_id, to: { contact_id }, now })
  })
}
