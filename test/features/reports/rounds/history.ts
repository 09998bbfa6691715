import fc from 'fast-check'
import { updateRound } from '../../../../src/features/rounds/index.ts'
import type { TestDeps } from '../../../support/deps.ts'
import { addRound, answer, end, erase } from './programme.ts'

/** Something that happens in a programme of several rounds; the numbers choose among those who are there. */
export interface Happening {
  what: (typeof WHAT)[number]
  one: number
  two: number
  /** Since the one before. */
  hours: number
}

const WHAT = [
  ...['apply', 'apply', 'apply', 'confirm', 'confirm', 'confirm', 'confirm', 'pair', 'pair', 'pair', 'change'],
  ...['leave', 'end', 'introduce', 'check_in', 'check_in', 'erase', 'again', 'again', 'start', 'undo'],
] as const

export const happenings = (withUndo: boolean) =>
  fc.array(
    fc.record<Happening>({
      what: fc.constantFrom(...WHAT.filter((what) => withUndo || what !== 'undo')),
      ...{ one: fc.nat(1000), two: fc.nat(1000), hours: fc.nat(40) },
    }),
    { minLength: 20, maxLength: 50 },
  )

const COUNTRIES = ['AU', 'BR', 'KE', 'TW', 'FR']
const SECTORS = [null, 'Public', 'School', '  ', 'total', '~other', 'other', '=1+1', 'المكتبات', '图书馆']
const STAGES = [null, 'Student', 'Retired', 'not_said']
const PATHWAYS = ['direct', 'ALIA', 'IRRT', '']
const LEAVING = ['withdrawn', 'removed', 'declined', 'lapsed', 'waitlisted', 'applied']

/** Three rounds, the first two of which end while things happen. Six people applied to all of them, and some are partners. */
export async function openProgramme(deps: TestDeps) {
  const days = { starts_on: '2016-03-02', ends_on: '2016-03-20' }
  const rounds = [
    await addRound(deps, '2015B', { ...days, starts_on: '2016-03-01' }),
    await addRound(deps, '2016A', days),
    await addRound(deps, '2016B'),
  ]
  const { db, clock } = deps
  let people: number[] = []
  for (const { apply, pair } of rounds) {
    const states = ['confirmed', 'applied', 'confirmed', 'withdrawn', 'confirmed', 'confirmed']
    people = await apply(states.map((state, at) => ({ state, ...(people[at] ? { person_id: people[at] } : {}) })))
    const partnership_id = await pair(people.slice(0, 2))
    await answer(deps, { partnership_id, person_id: people[0] as number, answer: 'not_written' })
    await pair(people.slice(2, 5), false)
  }
  const pick = <Item>(items: readonly Item[], at: number) => items[at % items.length] as Item

  async function happen({ what, one, two, hours }: Happening): Promise<void> {
    clock.advance(hours * 3_600_000)
    const round = pick(rounds, two)
    const made = {
      ...{ country: pick(COUNTRIES, one), sector: pick(SECTORS, two), stage: pick(STAGES, one) },
      ...{ pathway: pick(PATHWAYS, one + two), state: one % 5 === 0 ? 'waitlisted' : 'applied' },
    }
    if (what === 'apply') return void (await round.apply([made]))
    if (what === 'start') {
      const starts_on = `2016-0${1 + (one % 3)}-15`
      return void (await updateRound(deps, { code: '2016B', change: { starts_on } }))
    }
    const applications = await db
      .selectFrom('applications')
      .selectAll()
      .where('round_id', '=', round.round_id)
      .orderBy('id')
      .execute()
    const partnerships = await db
      .selectFrom('partnerships')
      .selectAll()
      .where('round_id', '=', round.round_id)
      .orderBy('id')
      .execute()
    const application = pick(applications, one)
    const partnership = pick(partnerships, one)
    if (what === 'again') {
      const people = await db.selectFrom('people').select('id').orderBy('id').execute()
      const person_id = pick(people, one)?.id
      const isThere = applications.some((other) => other.person_id === person_id)
      if (person_id !== undefined && !isThere) await round.apply([{ ...made, person_id }])
    }
    if (application && what === 'confirm') await round.move(application.person_id, 'confirmed')
    if (application && what === 'leave') await round.move(application.person_id, pick(LEAVING, two))
    if (application && what === 'erase') await erase(deps, application.person_id)
    if (application && what === 'undo') {
      await db.deleteFrom('applications').where('id', '=', application.id).execute()
      await db.deleteFrom('people').where('id', '=', application.person_id).execute()
    }
    if (application && what === 'change')
      await db
        .updateTable('applications')
        .set({ country_code: made.country, sector: made.sector, state_changed_at: clock.now() })
        .where('id', '=', application.id)
        .execute()
    if (what === 'pair' && applications.length > 1) {
      const members = new Set(
        [one, two, ...(one % 4 === 0 ? [one + two] : [])].map((at) => pick(applications, at).person_id),
      )
      if (members.size > 1) await round.pair([...members], two % 3 > 0)
    }
    if (partnership && what === 'end') await end(deps, partnership.id)
    if (partnership && what === 'introduce')
      await db
        .updateTable('partnerships')
        .set({ introduced_at: clock.now() })
        .where('id', '=', partnership.id)
        .where('introduced_at', 'is', null)
        .execute()
    if (partnership && what === 'check_in') {
      const members = await db
        .selectFrom('partnership_members')
        .select('person_id')
        .where('partnership_id', '=', partnership.id)
        .orderBy('person_id')
        .execute()
      const person = pick(members, two)
      const words = pick(['in_touch', 'in_touch', 'no_answer', 'wants_new_partner'], two)
      if (person) await answer(deps, { partnership_id: partnership.id, person_id: person.person_id, answer: words })
    }
  }
  return { rounds, happen }
}
