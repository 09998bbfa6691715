import type { Clock } from '../../lib/clock.ts'
import { InvalidInput, NotFound } from '../../lib/errors.ts'
import type { Db, DbOrTx } from '../../platform/db/open.ts'
import { DEFAULTS, type Decided, PURPOSES, type Purpose } from './purposes.ts'
import { type ConsentRow, hasPerson, listConsentRows, listLastConsents } from './queries.ts'
import { recordDecision } from './record.ts'

export type StandingConsents = Record<Purpose, Decided>

/** The three as they stand, and every decision, the newest first. */
export interface Consents {
  standing: StandingConsents
  history: ConsentRow[]
}

/** How the three stand; the defaults for who decided nothing. */
export async function readStandingConsents(db: DbOrTx, personId: number): Promise<StandingConsents> {
  const last = new Map((await listLastConsents(db, personId)).map((row) => [row.purpose, row]))
  const standing = PURPOSES.map((purpose): [Purpose, Decided] => {
    const decided = last.get(purpose) ?? null
    return [purpose, { given: decided?.given ?? DEFAULTS[purpose], decided }]
  })
  return Object.fromEntries(standing) as StandingConsents
}

/** @throws NotFound */
export async function listConsents({ db }: { db: Db }, { person_id }: { person_id: number }): Promise<Consents> {
  if (!(await hasPerson(db, person_id))) throw new NotFound(`Person ${person_id}`)
  const [standing, history] = await Promise.all([readStandingConsents(db, person_id), listConsentRows(db, person_id)])
  return { standing, history }
}

const LONGEST_WORDING = 2000

/**
 * What a person decided otherwise than by a link, recorded by staff at their request, with what follows for mail.
 * @param input.wording what the person said or read
 * @throws NotFound, InvalidInput for `wording`
 */
export async function decideConsent(
  { db, clock }: { db: Db; clock: Clock },
  input: { person_id: number; purpose: Purpose; given: boolean; wording: string; language?: string; by: string },
): Promise<Consents> {
  const { person_id, purpose, given, language = 'en', by } = input
  const wording = input.wording.trim()
  if (wording === '' || wording.length > LONGEST_WORDING || wording.includes('\0')) {
    const message = `Write what they said or read, in up to ${LONGEST_WORDING} characters.`
    throw new InvalidInput([{ field: 'wording', message }])
  }
  const decision = { person_id, purpose, given, wording, language, at: clock.now() }
  await db.transaction().execute((tx) => recordDecision(tx, { ...decision, source: 'staff', recorded_by: by }))
  return listConsents({ db }, { person_id })
}
