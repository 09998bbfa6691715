import { ringLongWork } from '../../../jobs/long-work.ts'
import { Conflict, type FieldFault, InvalidInput, Upstream } from '../../../lib/errors.ts'
import type { Mailchimp, MailchimpList } from '../../../platform/mailchimp/shapes.ts'
import { APPLICATION_STATES } from '../../people/index.ts'
import { type MailchimpDeps, mailchimpOf } from '../deps.ts'
import { DEFAULT_TAGS, type FieldTags } from '../mirror/fields.ts'
import { ensureMergeFields } from '../mirror/merge-fields.ts'
import { recordSync } from '../mirror/start-sync.ts'
import { getAudience } from './audience.ts'
import {
  type AudienceRow,
  findAudience,
  forgetFieldsThere,
  insertAudience,
  updateAudience,
} from './audience-queries.ts'
import { registerWebhook } from './webhook.ts'
import { whileNoSync } from './while-no-sync.ts'

/** The audience as it is connected. `webhook_id` null: Mailchimp cannot tell us of anything; each night is read what it did. */
export type Connection = AudienceRow

export interface AudienceChoice {
  /** Merge tags by our names; the usual ones for those left out. */
  fields?: Partial<FieldTags> | undefined
  /** Whoever has an application in one of these states is there. */
  states?: readonly string[] | undefined
  /** Whether campaigns handed over may have Mailchimp's picture; counted of those only who agreed. */
  count_opens?: boolean | undefined
}

const USUAL_STATES = ['applied', 'waitlisted', 'confirmed']

/** Undefined: none is connected. */
export function readConnection({ db }: Pick<MailchimpDeps, 'db'>): Promise<Connection | undefined> {
  return findAudience(db)
}

/** The audiences of the account. @throws Conflict `mailchimp_off`, Upstream */
export function listLists(deps: Pick<MailchimpDeps, 'mailchimp'>): Promise<MailchimpList[]> {
  return mailchimpOf(deps).listLists()
}

type ConnectDeps = Pick<MailchimpDeps, 'db' | 'clock' | 'ring' | 'log' | 'keys' | 'config' | 'mailchimp'>

/**
 * Connects an audience: makes the merge fields that are missing, has Mailchimp tell us what others do there, and starts a
 * whole sync; with `dry_run` one that only says what it would do, and nothing of people is written before somebody starts
 * another. Where it cannot reach us it is connected all the same (`webhook_id` null).
 * @throws Conflict `mailchimp_off`, `mailchimp_connected`; InvalidInput for `list_id`, `fields.…`, `states`; Upstream
 */
export async function connectAudience(
  deps: ConnectDeps,
  input: AudienceChoice & { list_id: string; dry_run?: boolean | undefined; by: string },
): Promise<Connection> {
  const { db, clock } = deps
  const { dry_run = false } = input
  const now = clock.now()
  const mailchimp = mailchimpOf(deps)
  const states = tidyStates(input.states ?? USUAL_STATES)
  const fields = { ...DEFAULT_TAGS, ...tidyFields(input.fields) }
  const present = await findAudience(db)
  if (present) throw connected(present)
  const list = await getList(mailchimp, input.list_id.trim())
  const { account_name } = await mailchimp.readAccount()
  await ensureMergeFields(mailchimp, list.id, fields)
  const row = {
    ...{ list_id: list.id, list_name: list.name, account_name, fields, states },
    ...{ count_opens: input.count_opens ?? false, connected_by: input.by, connected_at: now },
    begun_at: dry_run ? null : now,
  }
  const job_id = await db
    .transaction()
    .execute(async (tx) => ((await insertAudience(tx, row)) ? recordSync(tx, { whole: true, dry_run }) : undefined))
  // Somebody else connected one at the same moment.
  if (job_id === undefined) throw connected(await getAudience(db))
  await registerWebhook(deps, list.id)
  await ringLongWork(deps, job_id)
  return getAudience(db)
}

/**
 * Changes what goes there, and starts a whole sync: a dry run as long as nobody has begun. Other merge tags are read anew before anything is compared.
 * @throws Conflict `mailchimp_off`, `mailchimp_not_connected`, `mailchimp_busy`; InvalidInput for `fields.…`, `states`; Upstream
 */
export async function changeAudience(deps: ConnectDeps, input: AudienceChoice): Promise<Connection> {
  const { db } = deps
  const mailchimp = mailchimpOf(deps)
  const audience = await getAudience(db)
  const states = tidyStates(input.states ?? audience.states)
  const fields = { ...audience.fields, ...tidyFields(input.fields) }
  const isOther = Object.entries(fields).some(([field, tag]) => audience.fields[field as keyof FieldTags] !== tag)
  if (isOther) await ensureMergeFields(mailchimp, audience.list_id, fields)
  const change = { fields, states, count_opens: input.count_opens ?? audience.count_opens }
  // A sync under way reads and writes by the old ones.
  const job_id = await whileNoSync(db, () =>
    db.transaction().execute(async (tx) => {
      await updateAudience(tx, change)
      if (isOther) await forgetFieldsThere(tx)
      return recordSync(tx, { whole: true, dry_run: audience.begun_at === null })
    }),
  )
  // Where there was none, or our address is another one since.
  await registerWebhook(deps, audience.list_id)
  await ringLongWork(deps, job_id)
  return getAudience(db)
}

async function getList(mailchimp: Mailchimp, list_id: string): Promise<MailchimpList> {
  const fault = (message: string): FieldFault[] => [{ field: 'list_id', message }]
  if (list_id === '') throw new InvalidInput(fault('Choose an audience.'))
  // It stands in a path.
  if (!/^[A-Za-z0-9]{1,40}$/.test(list_id)) throw new InvalidInput(fault('That is no id of an audience.'))
  try {
    return await mailchimp.getList(list_id)
  } catch (error) {
    if (!(error instanceof Upstream) || error.code !== 'mailchimp_missing') throw error
    throw new InvalidInput(fault('There is no such audience in this Mailchimp account. Choose one of the list.'))
  }
}

function tidyStates(states: readonly string[]): string[] {
  const known: readonly string[] = APPLICATION_STATES
  const unknown = states.find((state) => !known.includes(state) || state === 'removed')
  if (unknown !== undefined || states.length === 0) {
    const choices = known.filter((state) => state !== 'removed').join(', ')
    throw new InvalidInput([{ field: 'states', message: `Choose at least one of: ${choices}.` }])
  }
  return known.filter((state) => states.includes(state))
}

/** In capital letters, as Mailchimp has them. */
const tidyFields = (fields: Partial<FieldTags> = {}): Partial<FieldTags> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([field]) => field in DEFAULT_TAGS)
      .map(([field, tag]) => [field, tag.trim().toUpperCase()]),
  )

const connected = ({ list_name }: AudienceRow) =>
  new Conflict('mailchimp_connected', `The audience “${list_name}” is connected already. Disconnect it first.`)
