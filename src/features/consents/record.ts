import { NotFound } from '../../lib/errors.ts'
import type { DbOrTx } from '../../platform/db/open.ts'
import { STOPPED_SCOPES } from './purposes.ts'
import { type ConsentRow, insertConsent, letMailGo, listLastConsents, lockPerson, stopMail } from './queries.ts'

/** A decision that is to be kept. */
export interface NewConsent extends Pick<ConsentRow, 'purpose' | 'given' | 'at' | 'wording' | 'language' | 'source'> {
  person_id: number
  /** The email whose link it was, or that was answered. */
  delivery_id?: number | null
  /** Who recorded what somebody else said, such as "staff 3". */
  recorded_by?: string | null
}

/**
 * Keeps a decision and nothing else: what follows for mail is the caller's. The last one said again in the same words
 * adds nothing. Returns whether it was added. @throws NotFound for who is not there or was erased
 */
export async function recordConsent(tx: DbOrTx, consent: NewConsent): Promise<boolean> {
  const { delivery_id = null, recorded_by = null, person_id, ...decision } = consent
  if (!(await lockPerson(tx, person_id))) throw new NotFound(`Person ${person_id}`)
  const last = (await listLastConsents(tx, person_id)).find(({ purpose }) => purpose === decision.purpose)
  const isSame =
    last?.given === decision.given && last.wording === decision.wording && last.language === decision.language
  if (isSame) return false
  await insertConsent(tx, { ...decision, person_id, delivery_id, recorded_by })
  return true
}

/**
 * Keeps a decision with what follows for mail: a withdrawn purpose stops its emails at every address of the person, a
 * given one lets go what they had stopped themselves. @throws NotFound as `recordConsent`
 */
export async function recordDecision(tx: DbOrTx, consent: NewConsent): Promise<boolean> {
  const isNew = await recordConsent(tx, consent)
  const { person_id, purpose, given, delivery_id, recorded_by } = consent
  const scope = STOPPED_SCOPES[purpose]
  if (scope === undefined) return isNew
  const source = recorded_by ?? (delivery_id == null ? consent.source : `delivery ${delivery_id}`)
  await (given ? letMailGo(tx, { person_id, scope }) : stopMail(tx, { person_id, scope, source }))
  return isNew
}
