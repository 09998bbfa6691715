import { createCampaign } from '../../../src/features/campaigns/index.ts'
import type { CampaignInput } from '../../../src/features/campaigns/schema.ts'
import type { Db } from '../../../src/platform/db/open.ts'

/** An empty round 2016A. Returns its id. */
export async function addRound(db: Db, code = '2016A'): Promise<number> {
  const values = {
    code,
    name: `International Librarians Network ${code}`,
    starts_on: '2016-03-01',
    ends_on: '2016-06-30',
  }
  return (await db.insertInto('rounds').values(values).returning('id').executeTakeFirstOrThrow()).id
}

export interface Applicant {
  given_name?: string
  family_name?: string
  country_code?: string
  language?: string
  time_zone?: string | null
  /** Null: none. Without it one is made from the id. */
  address?: string | null
  state?: string
  pathway?: string
  sector?: string | null
  code_of_conduct_agreed?: boolean
}

/** A person with an application in the round. Returns the person's id. */
export async function addApplicant(db: Db, round_id: number, applicant: Applicant = {}): Promise<number> {
  const {
    given_name = 'Amina',
    family_name = 'Okafor',
    country_code = 'KE',
    language = 'en',
    time_zone = null,
  } = applicant
  const { id } = await db
    .insertInto('people')
    .values({ given_name, family_name, country_code, language, time_zone })
    .returning('id')
    .executeTakeFirstOrThrow()
  const { address = `reader${id}@library.example`, state = 'applied', pathway = 'direct', sector = null } = applicant
  if (address !== null) await db.insertInto('addresses').values({ person_id: id, address }).execute()
  await db
    .insertInto('applications')
    .values({
      ...{ round_id, person_id: id, state, country_code, pathway, sector },
      submitted_at: new Date('2016-01-10T00:00:00Z'),
      created_at: new Date('2016-01-10T00:00:00Z'),
      code_of_conduct_agreed: applicant.code_of_conduct_agreed ?? true,
      commitment_agreed: true,
    })
    .execute()
  return id
}

export async function addPartnership(
  db: Db,
  round_id: number,
  people: number[],
  times: { introduced_at?: Date; ended_at?: Date } = {},
): Promise<void> {
  const { id } = await db
    .insertInto('partnerships')
    .values({ round_id, ...times })
    .returning('id')
    .executeTakeFirstOrThrow()
  await db
    .insertInto('partnership_members')
    .values(people.map((person_id) => ({ partnership_id: id, person_id })))
    .execute()
}

export async function suppress(
  db: Db,
  address: string,
  scope: 'all' | 'campaigns',
  reason = 'unsubscribed',
): Promise<void> {
  await db.insertInto('suppressions').values({ address, scope, reason, source: 'test' }).execute()
}

export const TOPIC = {
  round: '2016A',
  kind: 'topic',
  subject: 'Topic 1',
  preheader: 'Getting to know you',
  body_markdown: 'Hello {{participant.given_name}}, write to {{partner.given_name}}.',
  from_name: 'The programme team',
} as const satisfies CampaignInput

/** A draft that nothing stands against. Returns its id. */
export async function addDraft(db: Db, change: Partial<CampaignInput> = {}): Promise<number> {
  return (await createCampaign({ db }, { ...TOPIC, ...change })).id
}
