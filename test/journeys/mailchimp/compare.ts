/** Whether both sides say the same, by what is in the tables, what is there, and what was done; nothing of it is the mirror's own. */
import { sql } from 'kysely'
import type { FakeMember } from '../../../src/platform/mailchimp/fake/index.ts'
import type { Deeds, Known } from './acts.ts'
import type { Stage } from './stage.ts'

const COUNTRIES: Record<string, string> = { AU: 'Australia', FI: 'Finland', KE: 'Kenya', BR: 'Brazil', JP: 'Japan' }
const ROUNDS = ['2016A', '2016B']
const IN_IT = ['applied', 'waitlisted', 'confirmed']
const OWN_TAG = /^201\d[AB] (applied|waitlisted|confirmed|declined|withdrawn|lapsed|removed|rejected|interested)$/

interface Person {
  id: number
  given_name: string
  family_name: string
  country_code: string
  language: string
  address: string
}

interface Tables {
  people: Map<number, Person>
  states: Map<string, string>
  stopped: Set<string>
  /** Person and round → given name of the partner. */
  partners: Map<string, string[]>
}

interface Comparison {
  faults: string[]
  /** Who is to be there and is, and everything else that was found as it must be. */
  counts: Record<string, number>
}

export async function compare(stage: Stage, deeds: Deeds): Promise<Comparison> {
  const tables = await readTables(stage)
  const faults: string[] = []
  const counts: Record<string, number> = {}
  const count = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1
  }
  for (const known of deeds.people) {
    const person = tables.people.get(known.id)
    if ((known.fate === 'present') !== (person !== undefined))
      faults.push(`person ${known.id} is ${known.fate} by what was done`)
    const found = person ? facePerson(stage, deeds, tables, known, person, count) : faceGone(stage, deeds, known, count)
    faults.push(...found.map((fault) => `person ${known.id} (${known.addresses.join(', ')}): ${fault}`))
  }
  faults.push(...faceEverybody(stage, deeds, count))
  return { faults, counts }
}

async function readTables({ deps: { db } }: Stage): Promise<Tables> {
  const { rows: people } = await sql<Person>`
    select p.id, given_name, family_name, country_code, language, a.address from people p
    join addresses a on a.person_id = p.id and a.is_primary where erased_at is null`.execute(db)
  const { rows: states } = await sql<{ key: string; state: string }>`
    select a.person_id || ' ' || r.code as key, a.state from applications a join rounds r on r.id = a.round_id`.execute(
    db,
  )
  const { rows: stopped } = await sql<{ address: string }>`
    select address from suppressions where lifted_at is null and scope in ('all', 'campaigns')`.execute(db)
  const { rows: partners } = await sql<{ key: string; names: string[] }>`
    select m.person_id || ' ' || r.code as key, array_agg(p.given_name order by p.id) as names
    from partnerships s join rounds r on r.id = s.round_id
    join partnership_members m on m.partnership_id = s.id
    join partnership_members o on o.partnership_id = s.id and o.person_id <> m.person_id join people p on p.id = o.person_id
    where s.introduced_at is not null and s.ended_at is null group by 1`.execute(db)
  return {
    people: new Map(people.map((person) => [person.id, person])),
    states: new Map(states.map(({ key, state }) => [key, state])),
    stopped: new Set(stopped.map(({ address }) => address)),
    partners: new Map(partners.map(({ key, names }) => [key, names])),
  }
}

const tidy = (text: string) => text.trim().replace(/ +/g, ' ')
const ownTags = (contact: FakeMember | undefined) => contact?.tags.filter((tag) => OWN_TAG.test(tag)).sort() ?? []

function facePerson(
  { fake }: Stage,
  deeds: Deeds,
  { states, stopped, partners }: Tables,
  known: Known,
  person: Person,
  count: (what: string) => void,
): string[] {
  const faults: string[] = []
  const rounds = ROUNDS.filter((code) => IN_IT.includes(states.get(`${person.id} ${code}`) ?? ''))
  const latest = rounds.at(-1)
  const isWanted = latest !== undefined && !stopped.has(person.address)
  for (const address of known.addresses) {
    const contact = fake.member(address)
    const isMain = isWanted && address === person.address
    if (contact?.status === 'unsubscribed' || contact?.status === 'cleaned') {
      const [left, back] = [deeds.left.get(address) ?? leftBefore(deeds, known), deeds.back.get(person.id) ?? -1]
      if (left === undefined) faults.push(`${address} is ${contact.status}, and they never left`)
      else if (back > left) count('left and came back')
      else if (stopped.has(address)) count('left, and suppressed here')
      else faults.push(`${address} is ${contact.status} there and not suppressed here`)
      continue
    }
    if (contact?.status === 'subscribed' && deeds.left.has(address) && !deeds.by_others.has(address))
      faults.push(`${address} left and was brought back`)
    if (isMain) {
      faults.push(...faceMain(deeds, { contact, person, rounds, latest, states, partners }, count))
      continue
    }
    if (!contact || contact.status === 'archived') continue
    if (stopped.has(address) && contact.status !== 'transactional')
      faults.push(`${address} is stopped here and ${contact.status} there`)
    if (ownTags(contact).length > 0) faults.push(`${address} has ${ownTags(contact)} and should have none of ours`)
    if (!deeds.by_others.has(address) && !deeds.profiled.has(address))
      faults.push(`${address} is ours, unwanted and ${contact.status}`)
    else count("others' contact, none of ours on it")
  }
  const given = deeds.given_names.get(person.id)
  if (known.named === 'there' && given !== undefined) {
    if (person.given_name === given) count('named themselves there, and so here')
    else faults.push(`calls themselves ${given} there, and is ${person.given_name} here`)
  }
  return faults
}

/** A contact that left and then had its address changed by us a moment before we knew. */
const leftBefore = ({ left }: Deeds, { addresses }: Known) =>
  addresses.map((address) => left.get(address)).find((at) => at !== undefined)

interface Main extends Pick<Tables, 'states' | 'partners'> {
  contact: FakeMember | undefined
  person: Person
  rounds: string[]
  latest: string
}

function faceMain(
  deeds: Deeds,
  { contact, person, rounds, latest, states, partners }: Main,
  count: (what: string) => void,
) {
  const { address } = person
  if (!contact) {
    if (!deeds.moved.has(address)) return [`${address} is not there`]
    count('has another address there, for a person to see to')
    return []
  }
  if (contact.status === 'archived') {
    if (deeds.archived.has(address)) count('taken out by staff there, for a person to see to')
    else if (deeds.left.has(address)) count('left before we took them out, for a person to see to')
    else return [`${address} is archived`]
    return []
  }
  const isPending = contact.status === 'pending' && deeds.signed_up.has(address)
  if (contact.status !== 'subscribed' && !isPending) return [`${address} is ${contact.status}`]
  count(isPending ? 'asked to confirm there, with all fields and tags' : 'subscribed, with all fields and tags')
  const wanted = {
    ...{ FNAME: tidy(person.given_name), LNAME: tidy(person.family_name), COUNTRY: COUNTRIES[person.country_code] },
    ...{ ROUND: latest, STATE: states.get(`${person.id} ${latest}`), LANGUAGE: person.language },
    PARTNER: listed(partners.get(`${person.id} ${latest}`) ?? []),
  }
  const fields = Object.entries(wanted).flatMap(([tag, value]) => {
    const there = contact.merge_fields[tag] ?? ''
    return there === value ? [] : [`${address} has ${tag} “${there}”, not “${value}”`]
  })
  const tags = rounds.map((code) => `${code} ${states.get(`${person.id} ${code}`)}`).sort()
  const found = ownTags(contact)
  return tags.join() === found.join() ? fields : [...fields, `${address} has the tags ${found}, not ${tags}`]
}

function listed(names: string[]): string {
  if (names.length < 3) return tidy(names.join(' and '))
  return tidy(`${names.slice(0, -1).join(', ')}, and ${names.at(-1)}`)
}

function faceGone({ fake }: Stage, deeds: Deeds, known: Known, count: (what: string) => void): string[] {
  return known.addresses.flatMap((address) => {
    const contact = fake.member(address)
    const isOthers = deeds.by_others.has(address) || deeds.profiled.has(address)
    if (!contact) {
      if (known.fate === 'erased') count('erased, and gone there')
      return []
    }
    if (known.fate === 'erased') return isOthers ? [] : [`erased, and ${contact.status} there`]
    return contact.status !== 'subscribed' || isOthers ? [] : [`gone here, and ${contact.status} there`]
  })
}

function faceEverybody({ fake }: Stage, deeds: Deeds, count: (what: string) => void): string[] {
  const faults: string[] = []
  for (const [address, was] of deeds.foreign) {
    const is = fake.member(address)
    if (JSON.stringify(is) === JSON.stringify(was)) count('nobody of ours, untouched')
    else faults.push(`${address} is nobody of ours and was changed: ${JSON.stringify(was)} → ${JSON.stringify(is)}`)
  }
  const owners = new Map(deeds.people.flatMap((one) => one.addresses.map((address) => [address, one])))
  for (const { email_address, status } of fake.members()) {
    if (status !== 'unsubscribed' && status !== 'cleaned') continue
    const owner = owners.get(email_address)
    if (owner === undefined || (!deeds.left.has(email_address) && leftBefore(deeds, owner) === undefined))
      faults.push(`${email_address} is ${status} by nobody's own act`)
  }
  const present = new Set(deeds.people.filter(({ fate }) => fate === 'present').map(({ id }) => id))
  const tags = fake.tags()
  for (const [tag, id] of deeds.tags) {
    if (!present.has(id)) continue
    if (tags[tag]?.length === 1) count("staff's own tags, untouched")
    else faults.push(`the tag ${tag} that staff gave has ${tags[tag]?.length ?? 0} contacts`)
  }
  return faults
}
