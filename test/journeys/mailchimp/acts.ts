/** What people and staff do, here and in Mailchimp, at random; and what was done, as a comparison must know it. */
import { sql } from 'kysely'
import { recordDecision } from '../../../src/features/consents/index.ts'
import {
  insertAddress,
  liftPersonSuppressions,
  makePrimary,
  suppressPerson,
} from '../../../src/features/people/index.ts'
import { erasePerson } from '../../../src/features/privacy/index.ts'
import { Conflict } from '../../../src/lib/errors.ts'
import type { FakeMember } from '../../../src/platform/mailchimp/fake/index.ts'
import type { Random } from '../../../src/platform/mailchimp/fake/random.ts'
import type { Stage } from './stage.ts'

/** Somebody of the programme, with every address that they ever had here. */
export interface Known {
  id: number
  addresses: string[]
  /** Who changes their name: they there, we here, or both. */
  named: 'there' | 'here' | 'both'
  fate: 'present' | 'erased' | 'undone'
}

export interface Deeds {
  people: Known[]
  /** Acts are counted. */
  count: number
  /** Who left or was cleaned, by address, when. */
  left: Map<string, number>
  /** Who came back here, by person, when. */
  back: Map<number, number>
  /** Addresses whose contacts others made, took out or changed, and those they moved away from. */
  by_others: Set<string>
  archived: Set<string>
  signed_up: Set<string>
  profiled: Set<string>
  moved: Set<string>
  /** Contacts that are nobody's here, as they were left. */
  foreign: Map<string, FakeMember>
  /** Tags that staff there gave, to whom. */
  tags: Map<string, number>
  /** The given name that somebody last gave themselves there. */
  given_names: Map<number, string>
  done: Record<string, number>
}

export const newDeeds = (): Deeds => ({
  ...{ people: [], count: 0, left: new Map(), back: new Map(), by_others: new Set(), archived: new Set() },
  ...{ signed_up: new Set(), profiled: new Set(), moved: new Set(), foreign: new Map(), tags: new Map() },
  ...{ given_names: new Map(), done: {} },
})

const STATES = ['applied', 'waitlisted', 'confirmed', 'confirmed', 'declined', 'withdrawn', 'lapsed']
const COUNTRIES = ['AU', 'FI', 'KE', 'BR', 'JP']
const MOST_TAGS = 40
const MOST_PEOPLE = 150

/** Three rounds; the first was anonymised: it concerns nobody any more. */
export async function addRounds({ deps }: Stage): Promise<void> {
  await sql`insert into rounds (code, name, starts_on, anonymised_at) values
    ('2015A', 'Round 2015A', '2015-03-01', now()), ('2016A', 'Round 2016A', '2016-03-01', null),
    ('2016B', 'Round 2016B', '2016-09-01', null)`.execute(deps.db)
}

/** Somebody new, with an application in one round, now and then also in the one that was anonymised. */
export async function addPerson({ deps }: Stage, deeds: Deeds, random: Random): Promise<void> {
  const pick = <T>(some: readonly T[]): T => some[random.below(some.length)] as T
  const at = deeds.people.length
  const address = `reader${at}@library.example`
  const { rows } = await sql<{ id: number }>`
    with made as (
      insert into people (given_name, family_name, country_code, language)
      values (${`Reader ${at}`}, ${pick(['Okafor', ' van  Dijk', '', 'Łuczak'])}, ${pick(COUNTRIES)}, ${pick(['en', 'fr', 'ar'])})
      returning id, country_code
    ), addressed as (insert into addresses (person_id, address) select id, ${address} from made)
    insert into applications (round_id, person_id, state, submitted_at, country_code, code_of_conduct_agreed, commitment_agreed)
    select r.id, made.id, ${pick(STATES)}, now(), made.country_code, true, true from made
    join rounds r on r.code = any(${pick([['2016A'], ['2016B'], ['2015A', '2016A']])}::text[]) returning person_id as id`.execute(
    deps.db,
  )
  const named = (['there', 'here', 'both'] as const)[at % 3] ?? 'both'
  deeds.people.push({ id: rows[0]?.id as number, addresses: [address], named, fate: 'present' })
}

interface About {
  stage: Stage
  deeds: Deeds
  random: Random
  pick: <T>(some: readonly T[]) => T
  person: Known
  /** One of theirs, mostly the one that mail goes to. */
  address: string
  /** The contact there. */
  contact: FakeMember | undefined
}

/** Returns false when there was nothing to do. */
type Act = (about: About) => unknown

const HERE: Record<string, Act> = {
  rename: ({ stage: { deps }, person, pick, deeds }) => {
    if (person.named === 'there') return false
    return sql`update people set given_name = ${`${pick(['Amina', 'Mateo', '雪子', 'ليلى'])} ${deeds.count}`},
      language = ${pick(['en', 'fr', 'ar', 'pt-BR'])}, updated_at = ${deps.clock.now()} where id = ${person.id}`.execute(
      deps.db,
    )
  },
  decide: ({ stage: { deps }, person, pick }) =>
    sql`update applications set state = ${pick(STATES)} where person_id = ${person.id}`.execute(deps.db),
  applyAgain: ({ stage: { deps }, person, pick }) =>
    sql`insert into applications (round_id, person_id, state, submitted_at, country_code, code_of_conduct_agreed, commitment_agreed)
      select r.id, p.id, ${pick(STATES)}, now(), p.country_code, true, true from people p, rounds r
      where p.id = ${person.id} and r.code = ${pick(['2016A', '2016B'])} on conflict do nothing`.execute(deps.db),
  suppress: ({ stage: { deps }, person, pick }) =>
    suppressPerson(deps as never, {
      id: person.id,
      scope: pick(['all', 'campaigns']),
      reason: 'manual',
      source: 'test',
    }),
  comeBack: async ({ stage: { deps }, person, deeds, pick }) => {
    deeds.back.set(person.id, deeds.count)
    if (pick([true, false])) return liftPersonSuppressions(deps, { id: person.id })
    const wish = { purpose: 'programme_mail', given: true, at: deps.clock.now() } as const
    const how = { wording: 'Yes, write to me', language: 'en', source: 'form' } as const
    return deps.db.transaction().execute((tx) => recordDecision(tx, { person_id: person.id, ...wish, ...how }))
  },
  changeAddress: async ({ stage: { deps }, person, deeds, pick, random }) => {
    const fresh = `new${deeds.count}-${person.id}@library.example`
    const address = random.next() < 0.7 ? fresh : pick(person.addresses)
    if (!person.addresses.includes(address)) person.addresses.push(address)
    return deps.db.transaction().execute(async (tx) => {
      await insertAddress(tx, { person_id: person.id, address, source: 'test' })
      await makePrimary(tx, { person_id: person.id, address })
    })
  },
  pairUp: async ({ stage: { deps }, person, deeds, pick }) => {
    const other = pick(deeds.people)
    if (other === person || other.fate !== 'present') return false
    await sql`
      with made as (
        insert into partnerships (round_id, introduced_at) select id, now() from rounds where code = ${pick(['2016A', '2016B'])}
        returning id)
      insert into partnership_members (partnership_id, person_id)
      select made.id, who from made, unnest(${[person.id, other.id]}::bigint[]) who`.execute(deps.db)
  },
  part: ({ stage: { deps }, person }) =>
    sql`update partnerships set ended_at = now() where ended_at is null and id in (
      select partnership_id from partnership_members where person_id = ${person.id})`.execute(deps.db),
  arrive: async ({ stage, deeds, random }) => {
    if (deeds.people.length < MOST_PEOPLE) for (let more = 3; more > 0; more--) await addPerson(stage, deeds, random)
  },
  // A matching or the end of a round: many at once.
  decideMany: ({ stage: { deps }, pick }) =>
    sql`update applications set state = ${pick(['confirmed', 'confirmed', 'lapsed'])}
      where person_id % 3 = ${pick([0, 1, 2])}`.execute(deps.db),
  everybodyIsWelcome: async ({ stage: { deps }, deeds, person }) => {
    const some = deeds.people.filter(({ id, fate }) => fate === 'present' && id % 3 === person.id % 3)
    for (const { id } of some) {
      deeds.back.set(id, deeds.count)
      await liftPersonSuppressions(deps, { id })
    }
  },
  erase: async ({ stage: { deps }, person, random }) => {
    if (random.next() < 0.6) return false
    await erasePerson(deps, { id: person.id, reason: 'asked', erased_by: null })
    person.fate = 'erased'
  },
  undo: async ({ stage: { deps }, person, random }) => {
    if (random.next() < 0.8) return false
    await sql`delete from consents where person_id = ${person.id}`.execute(deps.db)
    await sql`delete from people where id = ${person.id}`.execute(deps.db)
    person.fate = 'undone'
  },
}

const isIn = ({ contact }: About) => contact?.status === 'subscribed'
/** Noted before it is told: whoever hears of it hears of something that was done. */
function leaves(about: About, act: () => void) {
  if (!isIn(about)) return false
  about.deeds.left.set(about.address, about.deeds.count)
  act()
}

const THERE: Record<string, Act> = {
  unsubscribes: (about) => leaves(about, () => about.stage.fake.memberUnsubscribes(about.address)),
  complains: (about) =>
    about.random.next() < 0.5 &&
    leaves(about, () => about.stage.fake.memberUnsubscribes(about.address, { reason: 'abuse' })),
  isCleaned: (about) =>
    about.random.next() < 0.5 &&
    leaves(about, () => about.stage.fake.cleans(about.address, about.pick(['hard', 'abuse']))),
  changesProfile: (about) => {
    const { stage, address, person, deeds, pick } = about
    if (!isIn(about)) return false
    deeds.profiled.add(address)
    const fields: Record<string, string> = { ROUND: pick(['2016A', 'none']), LNAME: pick(['Da Silva', 'Ng']) }
    if (person.named !== 'here') {
      fields.FNAME = `${pick(['Ami', 'Teo', 'Zoë'])} ${deeds.count}`
      fields.LANGUAGE = pick(['en', 'es'])
      deeds.given_names.set(person.id, fields.FNAME)
    } else delete fields.LNAME
    stage.fake.memberChanges(address, fields)
  },
  moves: (about) => {
    if (!isIn(about) || about.random.next() < 0.7) return false
    about.deeds.moved.add(about.address)
    about.stage.fake.memberMoves(about.address, `moved${about.deeds.count}@elsewhere.example`)
  },
  staffArchives: (about) => {
    if (!isIn(about) || about.random.next() < 0.5) return false
    about.deeds.archived.add(about.address)
    about.deeds.by_others.add(about.address)
    about.stage.fake.staffArchives(about.address)
  },
  staffAdds: ({ stage, address, deeds, contact }) => {
    if (contact) return false
    deeds.by_others.add(address)
    stage.fake.staffAdds(address, 'subscribed', { FNAME: 'Other' }, ['Newsletter'])
  },
  staffTags: ({ stage, address, deeds, contact, pick, person }) => {
    if (!contact) return false
    const tag = `VIP ${deeds.count}`
    if (deeds.tags.size >= MOST_TAGS || pick([true, false])) return stage.fake.staffTags(address, '2016A waitlisted')
    deeds.tags.set(tag, person.id)
    stage.fake.staffTags(address, tag)
  },
  staffUntags: ({ stage, address, contact, pick }) => {
    const own = contact?.tags.filter((tag) => /^201\d[AB] /.test(tag)) ?? []
    if (own.length === 0) return false
    stage.fake.staffUntags(address, pick(own))
  },
  signsUp: ({ stage, address, deeds, contact }) => {
    if (contact && contact.status !== 'unsubscribed') return false
    deeds.by_others.add(address)
    deeds.signed_up.add(address)
    deeds.left.delete(address)
    stage.fake.signsUp(address, {})
  },
  confirms: ({ stage, deeds }) => {
    const waiting = [...deeds.signed_up].find((one) => stage.fake.member(one)?.status === 'pending')
    if (waiting === undefined) return false
    stage.fake.confirmsSignUp(waiting)
  },
  foreigner: ({ stage: { fake }, deeds, pick, random }) => {
    const address = `stranger${random.below(20)}@elsewhere.example`
    if (fake.member(address)) fake.memberChanges(address, { FNAME: pick(['Zoë', 'Bo']), LNAME: `Of ${deeds.count}` })
    else
      fake.staffAdds(address, pick(['subscribed', 'pending']), { FNAME: 'Stranger' }, [
        pick(['VIP', '2016A confirmed']),
      ])
    deeds.foreign.set(address, fake.member(address) as FakeMember)
  },
}
const ACTS = { ...HERE, ...THERE }

/** One act, by chance. */
export async function act(stage: Stage, deeds: Deeds, random: Random): Promise<void> {
  const pick = <T>(some: readonly T[]): T => some[random.below(some.length)] as T
  // No two in the second that Mailchimp's times are given in.
  stage.advance(1500)
  const person = pick(deeds.people)
  if (person.fate !== 'present') return
  const address = random.next() < 0.8 ? (person.addresses.at(-1) as string) : pick(person.addresses)
  const name = pick(Object.keys(ACTS))
  deeds.count++
  const about = { stage, deeds, random, pick, person, address, contact: stage.fake.member(address) }
  try {
    if ((await ACTS[name]?.(about)) === false) return
  } catch (error) {
    // A worker holds what is to be erased: whoever asked tries again another day.
    if (!(error instanceof Conflict) && (error as { code?: string }).code !== '40P01') throw error
    return
  }
  deeds.done[name] = (deeds.done[name] ?? 0) + 1
}
