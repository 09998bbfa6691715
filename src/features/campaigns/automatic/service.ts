import type { Clock } from '../../../lib/clock.ts'
import { Conflict, InvalidInput, NotFound } from '../../../lib/errors.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { getRoundRow } from '../../rounds/index.ts'
import { listTextFindings } from '../review/audience-facts.ts'
import { ensureCompiled } from '../writing/compiled.ts'
import { listAutomaticRows, lockAutomatic, recordLiveVersion, recordSwitch } from './automatic-queries.ts'
import { AUTOMATIC_EMAILS, AUTOMATIC_KEYS, type AutomaticKey, findAutomaticEmail } from './catalog.ts'
import { ensureAutomatic } from './ensure.ts'
import { readFirstText } from './first-text.ts'

/** An automatic email of a round as staff see it. */
export interface RoundEmail {
  key: AutomaticKey
  title: string
  /** The event, as the end of "Sent …". */
  when: string
  /** Null until it is needed or somebody wants to change it: then it is made (openAutomatic). */
  campaign_id: number | null
  is_on: boolean
  /** It can be switched off. */
  may_be_off: boolean
  subject: string
  /** Somebody wrote a newer text than the one that goes out. */
  has_unpublished_text: boolean
  /** Copies by state of delivery. */
  counts: Record<string, number>
  last_accepted_at: Date | null
}

const SHOWN = AUTOMATIC_KEYS.filter((key) => !findAutomaticEmail(key)?.is_personal)

/** Those of a round that have a text, in the order in which an applicant meets them. @throws NotFound */
export async function listAutomaticEmails({ db }: { db: Db }, { code }: { code: string }): Promise<RoundEmail[]> {
  const { id } = await getRoundRow({ db }, { code })
  const rows = new Map((await listAutomaticRows(db, id)).map((row) => [row.key, row]))
  return Promise.all(
    SHOWN.map(async (key): Promise<RoundEmail> => {
      const { title, when } = AUTOMATIC_EMAILS[key]
      const may_be_off = !findAutomaticEmail(key)?.is_needed
      const row = rows.get(key)
      if (!row) {
        const { subject } = await readFirstText(key)
        const unmade = { campaign_id: null, is_on: true, has_unpublished_text: false }
        return { key, title, when, may_be_off, subject, ...unmade, counts: {}, last_accepted_at: null }
      }
      const { campaign_id, subject, counts, last_at } = row
      return {
        ...{ key, title, when, may_be_off, campaign_id, subject, counts },
        is_on: row.switched_off_at === null,
        has_unpublished_text: row.version > row.live_version,
        last_accepted_at: last_at,
      }
    }),
  )
}

/** The campaign of an automatic email, made when there is none yet, so that its text can be changed. @throws NotFound */
export async function openAutomatic(
  { db, clock }: { db: Db; clock: Clock },
  { code, key }: { code: string; key: string },
): Promise<{ campaign_id: number }> {
  const { id: round_id } = await getRoundRow({ db }, { code })
  const known = SHOWN.find((one) => one === key)
  if (!known) throw new NotFound(`Automatic email ${key}`)
  const campaign_id = await db
    .transaction()
    .execute((tx) => ensureAutomatic(tx, { round_id, key: known, now: clock.now() }))
  return { campaign_id }
}

interface Deps {
  db: Db
  clock: Clock
  config: { mailFrom: string; publicUrl: string }
}

/**
 * What was written goes out from now on. @param input.version the text that was looked at: a newer one is not published in
 * its name @throws NotFound, Conflict `text_changed`, InvalidInput naming every problem of the text
 */
export async function publishAutomatic(
  deps: Deps,
  { campaign_id, version }: { campaign_id: number; version: number },
): Promise<void> {
  // Before the text is looked at, and once more when nobody can change it.
  await deps.db.transaction().execute((tx) => lockVersion(tx, campaign_id, version))
  const problems = (await listTextFindings(deps, campaign_id)).filter(({ level }) => level === 'problem')
  if (problems.length > 0)
    throw new InvalidInput(
      problems.map(({ code, message, line }) => ({
        field: code,
        message: line === undefined ? message : `Line ${line}: ${message}`,
      })),
      'campaign_has_problems',
    )
  await ensureCompiled(deps, campaign_id, version)
  await deps.db.transaction().execute(async (tx) => {
    await lockVersion(tx, campaign_id, version)
    await recordLiveVersion(tx, { campaign_id, version, now: deps.clock.now() })
  })
}

async function lockVersion(tx: DbOrTx, campaignId: number, version: number): Promise<void> {
  const row = await lockAutomatic(tx, campaignId)
  if (!row) throw new NotFound(`Automatic email ${campaignId}`)
  if (row.version !== version)
    throw new Conflict('text_changed', 'The text was changed since you looked at it. Look at it again, then publish.')
}

/** Switches it off, or on again. What is queued already leaves. @throws NotFound, Conflict for one that is written each time */
export async function switchAutomatic(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  { campaign_id, on }: { campaign_id: number; on: boolean },
): Promise<void> {
  const now = clock.now()
  await db.transaction().execute(async (tx) => {
    const row = await lockAutomatic(tx, campaign_id)
    if (!row) throw new NotFound(`Automatic email ${campaign_id}`)
    const email = findAutomaticEmail(row.automatic_key)
    if (email?.is_personal)
      throw new Conflict('written_each_time', 'Answers are written by a person each time: they cannot be switched off.')
    if (email?.is_needed && !on)
      throw new Conflict(
        'needed',
        'A page tells people that this is in their mailbox: without it they could not go on.',
      )
    await recordSwitch(tx, { campaign_id, at: on ? null : now, now })
  })
}
