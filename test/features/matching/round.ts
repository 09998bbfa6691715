import { matchingWork, startMatchingRun } from '../../../src/features/matching/index.ts'
import { createRound } from '../../../src/features/rounds/index.ts'
import { getJob, type LongWorkKinds, longWorkHandlers } from '../../../src/jobs/long-work.ts'
import { openTestDeps, type TestDeps } from '../../support/deps.ts'

/** Somebody who applied; what is left out is as most people have it. */
export interface Applicant {
  given?: string
  family?: string
  country?: string
  state?: string
  conduct?: boolean
  /** '' for nobody's. */
  address?: string
  sector?: string
  stage?: string
  request?: string
  answers?: Record<string, unknown>
}

const COUNTRIES = 'AU BR FI JP KE CA IN MX ZA NO EG PH CL GR UG NZ PL TH PE IE GH VN PT LK'.split(' ')
const SECTORS = ['Public', 'Academic / university', 'School', 'National or state', 'LIS student']
const STAGES = ['Student', 'Early career (0-5 years)', 'Mid career (6-15 years)', 'Experienced (16+ years)']
const INTERESTS = ['Open access', 'Copyright', 'Collections', 'Metadata', 'Makerspaces', 'Advocacy', 'Preservation']
const WISHES = ['No preference', 'Same sector as mine', 'A different sector']

/** `count` people of several countries whose answers differ, the same ones each time. */
export function madeUp(count: number, given: Applicant = {}): Applicant[] {
  return Array.from({ length: count }, (_, at) => {
    // Well mixed, so that few pairs have the same score (Knuth, The Art of Computer Programming, 6.4).
    const mixed = Math.imul(at + 1, 0x9e3779b1) >>> 0
    const pick = <Item>(items: readonly Item[], bits: number) => items[(mixed >>> bits) % items.length] as Item
    return {
      given: `Person${at}`,
      country: COUNTRIES[at % COUNTRIES.length] as string,
      sector: pick(SECTORS, 4),
      stage: pick(STAGES, 9),
      answers: {
        interests: INTERESTS.filter((_, interest) => (mixed >>> (12 + interest)) % 2 === 1),
        partner_sector: pick(WISHES, 20),
        partner_career_stage: 'No preference',
        partner_interests: INTERESTS.filter((_, interest) => (mixed >>> (7 + interest * 3)) % 4 === 0),
      },
      ...given,
    }
  })
}

/** Adds them to round 2016A, made where it is not there. Returns their ids in order. */
export async function addApplicants(
  { db, clock }: Pick<TestDeps, 'db' | 'clock'>,
  people: Applicant[],
  code = '2016A',
): Promise<number[]> {
  const found = await db.selectFrom('rounds').select('id').where('code', '=', code).executeTakeFirst()
  if (!found) await createRound({ db, clock }, { code, name: `Round ${code}` })
  const { id: round_id } = await db.selectFrom('rounds').select('id').where('code', '=', code).executeTakeFirstOrThrow()
  const rows = await db
    .insertInto('people')
    .values(
      people.map(({ given = 'Ana', family = 'Souza', country = 'BR' }) => ({
        given_name: given,
        family_name: family,
        country_code: country,
      })),
    )
    .returning('id')
    .execute()
  const ids = rows.map(({ id }) => id)
  const addressed = people.flatMap(({ address }, at) =>
    address === '' ? [] : [{ person_id: ids[at] as number, address: address ?? `reader${ids[at]}@library.example` }],
  )
  if (addressed.length > 0) await db.insertInto('addresses').values(addressed).execute()
  await applyAgain({ db }, people, { round_id, ids })
  return ids
}

/** Applications of people who are there to a round. */
export async function applyAgain(
  { db }: Pick<TestDeps, 'db'>,
  people: Applicant[],
  { round_id, ids }: { round_id: number; ids: number[] },
): Promise<void> {
  await db
    .insertInto('applications')
    .values(
      people.map((person, at) => ({
        round_id,
        person_id: ids[at] as number,
        state: person.state ?? 'confirmed',
        submitted_at: new Date('2016-02-01T00:00:00Z'),
        country_code: person.country ?? 'BR',
        sector: person.sector ?? 'Public',
        career_stage: person.stage ?? 'Student',
        code_of_conduct_agreed: person.conduct ?? true,
        commitment_agreed: true,
        special_request: person.request ?? null,
        answers: JSON.stringify(person.answers ?? { interests: ['Open access'], partner_interests: [] }),
      })),
    )
    .execute()
}

/** A round of these people, and its work run here and now instead of by a queue. */
export async function openMatching(
  people: Applicant[],
  wrap: (kinds: LongWorkKinds) => LongWorkKinds = (kinds) => kinds,
) {
  const deps = await openTestDeps()
  const rung: number[] = []
  const quiet = {
    ...deps,
    ring: async (name: string, input: object) => {
      if (name === 'run-long-work') rung.push((input as { job_id: number }).job_id)
    },
  }
  const ids = await addApplicants(quiet, people)
  const handlers = longWorkHandlers(quiet, wrap(matchingWork(quiet)))
  const work = (job_id: number, signal = new AbortController().signal) => handlers['run-long-work']({ job_id }, signal)
  /** Starts a run, and works until it has ended. */
  const match = async (given: Partial<Parameters<typeof startMatchingRun>[1]> = {}) => {
    const { run_id, job_id } = await startMatchingRun(quiet, { code: '2016A', by: 'staff 1', ...given })
    await work(job_id)
    const { state, error } = await getJob(quiet, { id: job_id })
    if (state !== 'done') throw new Error(`the run is ${state}: ${error}`)
    return run_id
  }
  return { deps: quiet, ids, rung, work, match }
}
