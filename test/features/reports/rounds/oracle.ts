import { listPartnerships, type Partnership } from '../../../../src/features/partnerships/index.ts'
import { listParticipants, type Participant } from '../../../../src/features/people/index.ts'
import type { TestDeps } from '../../../support/deps.ts'

export const STEPS = ['applicants', 'participants', 'matched', 'in_touch', 'completed'] as const

/** Everybody of a round as the list of participants has them. */
async function everybodyOf(deps: TestDeps, code: string): Promise<Participant[]> {
  const everybody: Participant[] = []
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<typeof listParticipants>> = await listParticipants(deps, { code, after, limit: 7 })
    everybody.push(...page.items)
    after = page.next === null ? null : Number(page.next)
  }
  return everybody
}

/** What a round's figures must be: whom each step has, from the lists that staff see and the answers that are kept. */
export async function peopleBySteps(deps: TestDeps, round: { code: string; round_id: number }) {
  const everybody = await everybodyOf(deps, round.code)
  const { items: partnerships } = await listPartnerships(deps, { round_id: round.round_id, limit: 500 })
  const answers = await deps.db.selectFrom('check_in_answers').selectAll().orderBy('id').execute()
  const { ends_on } = await deps.db
    .selectFrom('rounds')
    .select('ends_on')
    .where('id', '=', round.round_id)
    .executeTakeFirstOrThrow()
  const own = partnerships.map(({ id }) => id)
  const isOver = ends_on !== null && deps.clock.now().toISOString().slice(0, 10) > ends_on

  const partnershipsOf = (person_id: number) =>
    partnerships.filter(({ partners }) => partners.some((partner) => partner.person_id === person_id))
  const isInTouch = ({ id }: Partnership) =>
    answers.some(({ partnership_id, answer }) => partnership_id === id && answer === 'in_touch')
  const stood = ({ introduced_at, ended_at }: Partnership) =>
    introduced_at !== null && (ended_at === null || ended_at.toISOString().slice(0, 10) >= (ends_on ?? ''))

  const participants = everybody.filter(({ state }) => state === 'confirmed')
  const matched = participants.filter(({ person_id }) => partnershipsOf(person_id).length > 0)
  return {
    everybody,
    steps: {
      applicants: everybody,
      participants,
      matched,
      in_touch: matched.filter(({ person_id }) => partnershipsOf(person_id).some(isInTouch)),
      completed: matched.filter(({ person_id }) => partnershipsOf(person_id).some(stood)),
    },
    unknown: {
      in_touch: !answers.some(({ partnership_id }) => own.includes(partnership_id)),
      completed: !isOver,
    } as Partial<Record<string, boolean>>,
  }
}
