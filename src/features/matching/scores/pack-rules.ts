import { countryName } from '../../../lib/countries.ts'
import { keyOf, textOf } from './answers.ts'
import type { MatchingApplicant } from './applicant.ts'
import type { Rules } from './hierarchy.ts'
import { BANNED, FORMER_PARTNER, type Grouping, type GroupRule, type PackedRules } from './profiles.ts'
import { regionOf } from './regions.ts'

/**
 * Hard rules, packed as what they forbid: groups within which nobody is paired, single pairs, and people who cannot be
 * paired at all. So they cost a row of scores what they forbid and nothing for the other pairs.
 * @param bans pairs of person ids; ids of people who do not take part are passed over
 */
export function packRules(
  rules: Rules,
  applicants: readonly MatchingApplicant[],
  bans: readonly (readonly [number, number])[],
): PackedRules {
  const groupings: Grouping[] = []
  const group = (rule: GroupRule, nameOf: (applicant: MatchingApplicant) => string | null) =>
    groupings.push(packGrouping(rule, applicants.map(nameOf)))
  if (rules.other === 'country') group('country', ({ country_code }) => countryName(country_code))
  if (rules.other === 'region') group('region', ({ country_code }) => regionOf(country_code))
  if (rules.other_institution) group('institution', (applicant) => textOf(applicant, 'institution'))
  if (rules.mentor_with_protege) group('role', ({ role }) => role ?? null)
  return { groupings, pairs: packPairs(rules, applicants, bans), barred: packBarred(rules, applicants) }
}

function packGrouping(rule: GroupRule, nameOf: readonly (string | null)[]): Grouping {
  const names: string[] = []
  const numbers = new Map<string, number>()
  const groupOf = Int32Array.from(nameOf, (name) => {
    if (name === null) return -1
    const number = numbers.get(name) ?? numbers.get(keyOf(name)) ?? names.push(name) - 1
    numbers.set(name, number).set(keyOf(name), number)
    return number
  })
  const { starts, order } = gather(names.length, groupOf)
  return { rule, names, groupOf, starts, members: order }
}

function packPairs(
  rules: Rules,
  applicants: readonly MatchingApplicant[],
  bans: readonly (readonly [number, number])[],
): PackedRules['pairs'] {
  const indexOf = new Map(applicants.map(({ person_id }, person) => [person_id, person]))
  const forbidden = new Map<number, number>()
  const forbid = (one: number | undefined, two: number | undefined, reason: number) => {
    if (one === undefined || two === undefined || one === two) return
    for (const key of [one * applicants.length + two, two * applicants.length + one]) {
      forbidden.set(key, (forbidden.get(key) ?? 0) | reason)
    }
  }
  if (rules.never_former_partners) {
    for (const [person, { former_partner_ids }] of applicants.entries()) {
      for (const partner of former_partner_ids) forbid(person, indexOf.get(partner), FORMER_PARTNER)
    }
  }
  for (const [one, two] of bans) forbid(indexOf.get(one), indexOf.get(two), BANNED)

  const keys = Float64Array.from(forbidden.keys()).sort()
  const starts = new Uint32Array(applicants.length + 1)
  for (const key of keys) {
    const next = Math.floor(key / applicants.length) + 1
    starts[next] = (starts[next] ?? 0) + 1
  }
  for (let person = 0; person < applicants.length; person++) {
    starts[person + 1] = (starts[person + 1] ?? 0) + (starts[person] ?? 0)
  }
  return {
    starts,
    others: Uint32Array.from(keys, (key) => key % applicants.length),
    reasons: Uint8Array.from(keys, (key) => forbidden.get(key) ?? 0),
  }
}

function packBarred(rules: Rules, applicants: readonly MatchingApplicant[]): PackedRules['barred'] {
  const people: number[] = []
  const reasons: PackedRules['barred']['reasons'] = []
  for (const [person, { code_of_conduct_agreed, role }] of applicants.entries()) {
    const refused = rules.both_agreed_to_conduct && code_of_conduct_agreed === false
    if (!refused && !(rules.mentor_with_protege && !role)) continue
    people.push(person)
    reasons.push(refused ? 'conduct' : 'role')
  }
  return { people: Uint32Array.from(people), reasons }
}

/** People in the order of their groups, each group ascending; those in no group (-1) are left out. */
function gather(groups: number, groupOf: Int32Array): { starts: Uint32Array; order: Uint32Array } {
  const starts = new Uint32Array(groups + 1)
  for (const group of groupOf) if (group >= 0) starts[group + 1] = (starts[group + 1] ?? 0) + 1
  for (let group = 0; group < groups; group++) starts[group + 1] = (starts[group + 1] ?? 0) + (starts[group] ?? 0)
  const next = starts.slice()
  const order = new Uint32Array(starts[groups] ?? 0)
  for (const [person, group] of groupOf.entries()) {
    if (group < 0) continue
    const at = next[group] ?? 0
    order[at] = person
    next[group] = at + 1
  }
  return { starts, order }
}
