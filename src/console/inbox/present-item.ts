import { isConfirmationOpen } from '../../features/confirmations/index.ts'
import type { InboxItem } from '../../features/inbox/index.ts'
import { countryName } from '../../lib/countries.ts'
import { APPLICATION_STATES, KINDS } from '../campaigns/wording.ts'
import { nameOf, stateBadge } from '../participants/words.ts'
import { presentAge } from '../present/age.ts'
import { presentDay, presentTime, presentZone } from '../present/time.ts'
import type { ItemFacts } from './gather.ts'
import { itemHref, PATH } from './inbox-query.ts'
import { markWords } from './marks.ts'
import { writerOf } from './present-list.ts'
import { presentThread } from './present-thread.ts'
import { BUTTONS, badgeOf, guessSentence, isOnlyAboutAddress, sayAuthenticity, sayFoundBy, saySource } from './words.ts'

export interface ItemReader {
  zone: string
  now: Date
  staff_id: number | undefined
  writes: boolean
  /** What answers are from: MAIL_FROM. */
  mail_from: string
}

/** View model of inbox/item. */
export function presentItem(facts: ItemFacts, reader: ItemReader) {
  const { item, person } = facts
  const { zone, now } = reader
  const said = item.visible?.trim() ?? ''
  return {
    path: itemHref(item.id),
    version: item.version,
    from: { name: writerOf(item), address: item.from_address ?? '' },
    badge: badgeOf(item),
    subject: item.subject ?? '',
    at: presentTime(item.received_at, zone),
    age: presentAge(item.received_at, now),
    zone: presentZone(zone, item.received_at),
    list_href: PATH,
    before_href: facts.before_href,
    next_href: facts.next_href,
    said: said === '' ? [] : markWords(said, item.guess?.words ?? []),
    nothing_said: sayNothing(item),
    quoted: item.quoted?.trim() ?? '',
    // the guess says the same in most replies
    why: item.guess?.because === item.why ? '' : item.why,
    guess: item.guess && presentGuess(item.guess),
    recorded: isOnlyAboutAddress(item) ? `Recorded when it came: ${RECORDED[item.outcome] ?? item.outcome}.` : '',
    done: presentDone(item, zone),
    may_write: reader.writes,
    decisions: presentButtons(item),
    unknown: presentUnknown(facts),
    person: person && presentPerson(facts, reader),
    found: facts.found.map((one) => ({
      id: one.person_id,
      href: `/console/participants/${one.person_id}`,
      name: nameOf(one),
      about: [one.address, countryName(one.country_code), one.round_code].filter(Boolean).join(', '),
    })),
    staff: facts.staff.map(({ id, name }) => ({ id, name, selected: id === item.assigned_to?.id })),
    take: reader.staff_id !== undefined && item.assigned_to?.id !== reader.staff_id ? reader.staff_id : 0,
    assigned: item.assigned_to?.name ?? '',
    reply_to: item.kind === 'complaint' ? '' : (item.from_address ?? ''),
    reply_from: senderName(facts.from_name, reader.mail_from),
    no_reply: item.kind === 'complaint' ? 'A complaint comes from a machine: nobody reads an answer to it.' : NO_SENDER,
    thread: presentThread(item, facts.names, zone),
    facts: presentFacts(item),
    authenticity: sayAuthenticity(item.authenticity),
    source_href: `${itemHref(item.id)}/source.eml`,
  }
}

const NO_SENDER = 'It does not say who it is from: there is nobody to answer.'
const RECORDED: Record<string, string> = { confirmed: 'they take part', declined: 'they do not take part' }

function sayNothing({ kind, quoted }: InboxItem): string {
  if (kind === 'unreadable') return 'The message could not be read. Its source can be downloaded.'
  if (kind === 'complaint') return 'A mail provider says that they reported our message as unwanted.'
  return quoted?.trim() ? 'They wrote nothing above the message that they answer.' : 'They wrote nothing.'
}

function presentGuess(guess: NonNullable<InboxItem['guess']>) {
  return { sentence: guessSentence(guess), because: guess.because }
}

function presentDone({ state, decision, decided_by, decided_at, kind }: InboxItem, zone: string) {
  if (state !== 'done' || !decision || !decided_at) return null
  const words = BUTTONS.find(({ value }) => value === decision)?.text ?? decision
  return { words, by: decided_by?.name ?? 'a program', at: presentTime(decided_at, zone), kind }
}

/** Those that can be pressed: an answer is an applicant's, and of what was recorded already only the other one is left. */
function presentButtons(item: InboxItem) {
  const { person_id, round_id, state, decision, outcome } = item
  const isApplicant = person_id !== null && round_id !== null
  const left = isOnlyAboutAddress(item) ? [outcome === 'confirmed' ? 'no' : 'yes', 'done'] : undefined
  return BUTTONS.filter(({ value }) => isApplicant || (value !== 'yes' && value !== 'no'))
    .filter(({ value }) => left === undefined || left.includes(value))
    .filter(({ value }) => state !== 'done' || value !== decision)
    .map((button) => ({ ...button, quiet: button.value === 'unsubscribe' }))
}

function presentUnknown({ item, person }: ItemFacts) {
  if (item.unknown_address === null || item.address_decision !== null || !person) return null
  return {
    address: item.unknown_address,
    person: nameOf(person),
    known: person.addresses.map(({ address }) => address),
    warning:
      item.authenticity?.dmarc === 'fail'
        ? 'Its sender could not be verified: ask them before you take it over.'
        : 'Whoever has the message that it answers could have written it.',
  }
}

function presentPerson({ item, person, round }: ItemFacts, { now }: ItemReader) {
  if (!person) return null
  const application = round && person.applications.find((one) => one.round === round.code)
  return {
    href: `/console/participants/${person.id}`,
    name: nameOf(person),
    country: person.country,
    addresses: (item.standing?.addresses ?? []).map(({ address }) => address),
    round: round?.code ?? '',
    application: application
      ? {
          state: { ...stateBadge(application.state), text: APPLICATION_STATES[application.state] ?? application.state },
          no_conduct: !application.code_of_conduct_agreed,
        }
      : null,
    deadline: round?.confirm_by
      ? `${isConfirmationOpen(round, now) ? 'may answer until' : 'could answer until'} ${presentDay(round.confirm_by)}`
      : '',
  }
}

function senderName(name: string, mailFrom: string): string {
  const address = /<([^<>]+)>/.exec(mailFrom)?.[1] ?? mailFrom.trim()
  return name === '' ? mailFrom : `${name} <${address}>`
}

function presentFacts(item: InboxItem) {
  const { from_name, from_address, rcpt_to, mail_from, source, found_by, our_message, cuts } = item
  const facts: [string, string][] = [
    ['From', [from_name, from_address && `<${from_address}>`].filter(Boolean).join(' ')],
    ['Sent to', rcpt_to ?? ''],
    ['Bounces go to', mail_from !== null && mail_from !== from_address ? mail_from || 'nobody: a machine sent it' : ''],
    ['Answers', our_message ? (KINDS[our_message.kind] ?? our_message.kind) : ''],
    ['Found', found_by ? sayFoundBy(found_by) : ''],
    ['Came by', saySource(source)],
    ['Not read', cuts.join('; ')],
  ]
  return facts.filter(([, value]) => value !== '').map(([title, value]) => ({ title, value }))
}
