import type { Person } from '../../features/people/index.ts'
import type { PersonExport } from '../../features/privacy/index.ts'
import { nameOf } from '../participants/words.ts'
import { formatCount } from '../present/numbers.ts'
import { presentTime } from '../present/time.ts'

/** Reasons for which an address stays on the suppression list after its person was erased (privacy/erase). */
const KEPT = ['unsubscribed', 'complaint', 'removed', 'manual']

/** @param zone of who looks */
export function presentPerson(person: Person, zone: string) {
  const path = `/console/participants/${person.id}`
  return {
    path,
    name: nameOf(person),
    erased: person.erased_at ? presentTime(person.erased_at, zone) : '',
    addresses: person.addresses.map(({ address }) => address),
    /** Addresses that stay on the suppression list. */
    kept: [...new Set(person.suppressions.filter(({ reason }) => KEPT.includes(reason)).map(({ address }) => address))],
  }
}

const one = (count: number, singular: string, plural: string) =>
  `${formatCount(count)} ${count === 1 ? singular : plural}`

/** What is in the file, in words. */
export function presentHolding(found: PersonExport): string[] {
  const { applications, partnerships, emails, messages, consents, preference_changes, imports, forms } = found
  const counted: [number, string, string][] = [
    [applications.length, 'application with its answers', 'applications with their answers'],
    [partnerships.length, 'partnership', 'partnerships'],
    [emails.length, 'email to them and how it went', 'emails to them and how they went'],
    [messages.length, 'message from them, with what staff noted', 'messages from them, with what staff noted'],
    [consents.length, 'decision about what they agree to', 'decisions about what they agree to'],
    [preference_changes.length, 'change that they made by a link', 'changes that they made by a link'],
    [imports.length, 'change made by an import', 'changes made by imports'],
    [forms.length, 'form that they filled in', 'forms that they filled in'],
  ]
  return counted.filter(([count]) => count > 0).map(([count, singular, plural]) => one(count, singular, plural))
}
