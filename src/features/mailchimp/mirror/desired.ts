import { countryName } from '../../../lib/countries.ts'
import { APPLICATION_STATES } from '../../people/index.ts'
import { fieldValue, sameTag, tagOf } from './fields.ts'
import type { OwnedMember } from './member-queries.ts'
import type { MirroredPerson } from './people-queries.ts'
import type { Desired } from './rules.ts'

const LIST = new Intl.ListFormat('en', { type: 'conjunction' })

/** What we want of the contact at a person's primary address. */
export function desiredOf(person: MirroredPerson): Desired {
  const { address, hash, applications, updated_at } = person
  const latest = applications[0]
  if (person.is_erased) return { want: 'erased' }
  if (person.is_stopped) return { want: 'stopped' }
  if (address === null || hash === null || !latest) return { want: 'away' }
  return {
    ...{ want: 'there', address, hash, updated_at },
    fields: {
      given_name: fieldValue(person.given_name),
      family_name: fieldValue(person.family_name),
      country: fieldValue(countryName(person.country_code)),
      round: latest.code,
      state: latest.state,
      partner: fieldValue(LIST.format(person.partners)),
      language: fieldValue(person.language),
    },
    tags: [...new Set(applications.map(tagOf))].sort(),
  }
}

/** What we want of another contact of theirs: at another address, or at one they had. */
export function desiredOfOther(person: MirroredPerson | undefined, member: OwnedMember): Desired {
  if (person?.is_erased) return { want: 'erased' }
  return { want: member.is_stopped ? 'stopped' : 'away' }
}

/** Every tag that may be ours, as `sameTag`. */
export function knownTags(codes: readonly string[]): Set<string> {
  return new Set(codes.flatMap((code) => APPLICATION_STATES.map((state) => sameTag(tagOf({ code, state })))))
}
