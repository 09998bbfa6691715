import { column } from '../engagement/columns.ts'
import { quoted } from '../engagement/words.ts'
import type { Count, Section } from '../report.ts'
import { sayDay } from '../say.ts'
import {
  ALL_DOMAINS,
  type DomainRow,
  FEWEST_PEOPLE,
  MAIL_COUNTED,
  MOST_DOMAINS,
  OTHER_DOMAINS,
} from './domain-queries.ts'
import { exampleOf } from './example.ts'
import type { Failed, ReasonRow } from './reason-queries.ts'
import type { StopRow, SuppressedRow } from './standing-queries.ts'
import { nameReason } from './words.ts'

const ofMail = (key: string, name: string, of: string | null) =>
  column(key, name, 'emails', of, { definition: `mail_${key}` })

const DOMAIN_COLUMNS = [
  column('people', 'People', 'people', null, { definition: 'mail_people' }),
  ofMail('recipients', 'Emails', null),
  ofMail('accepted', 'Accepted', 'recipients'),
  ofMail('deferred', 'Deferred now', 'recipients'),
  ofMail('rejected', 'Rejected', 'recipients'),
  ofMail('uncertain', 'Uncertain', 'recipients'),
  ofMail('bounced_hard', 'Hard bounces', 'accepted'),
  ofMail('bounced_other', 'Other bounces', 'accepted'),
  ofMail('complained', 'Complained', 'accepted'),
]

const DOMAIN_NAMES = new Map([
  [OTHER_DOMAINS, 'Other domains'],
  [ALL_DOMAINS, 'All domains'],
])

const THROUGH =
  'Emails that went through Mailchimp count as it tells of them: what a server refused is a bounce, and who complained is not known.'

/**
 * What was undecided on a past day is not kept, nor always how many emails there were.
 * @param isThrough some of the emails were sent by Mailchimp
 */
export function domainsSection(
  found: readonly DomainRow[],
  past: { recipients_known: boolean } | null,
  isThrough: boolean,
): Section {
  const isUnknown = (key: string) =>
    past !== null &&
    (key === 'deferred' ||
      key === 'uncertain' ||
      (!past.recipients_known && (key === 'people' || key === 'recipients')))
  const rows = found.map((row) => {
    const counts = (['people', ...MAIL_COUNTED] as const).map((key): [string, Count] => [
      key,
      isUnknown(key) ? 'unknown' : row[key],
    ])
    return { key: row.key, name: DOMAIN_NAMES.get(row.key) ?? row.key, counts: Object.fromEntries(counts) }
  })
  const isEmpty = rows.length <= 1
  return {
    ...{ key: 'domains', name: 'Receiving domains', row_name: 'Domain', columns: DOMAIN_COLUMNS },
    rows: isEmpty ? [] : rows.filter(({ key }) => key !== ALL_DOMAINS),
    total: isEmpty ? null : (rows.find(({ key }) => key === ALL_DOMAINS) ?? null),
    note: `Domains with fewer than ${FEWEST_PEOPLE} people are put together, and so is what comes after the ${MOST_DOMAINS} largest.${isThrough ? ` ${THROUGH}` : ''}`,
    empty:
      'No email of this round has begun to leave. Write one under Campaigns; its domains are here as soon as it leaves.',
    ...{ has_people: true, chart: { kind: 'bars', column: 'accepted' } },
  }
}

const REASON_COLUMNS = [
  column('base', 'Emails looked at', 'emails', null, { definition: 'reason_base' }),
  column('emails', 'Emails', 'emails', 'base', { definition: 'reason_emails' }),
  column('people', 'People', 'people', null, { definition: 'reason_people' }),
]

/** @param base of each kind of failure: what it is a part of */
export function reasonsSection(reasons: readonly ReasonRow[], base: Record<Failed, Count>, isPast: boolean): Section {
  const rows = reasons.map(({ key, failed, reason, status, emails, people, words, address }) => {
    const example = exampleOf(words, address)
    const name = `${nameReason(failed, reason, status)}${example === '' ? '' : `: ${quoted(example)}`}`
    return { key, name, counts: { base: base[failed], emails, people } }
  })
  return {
    ...{ key: 'reasons', name: 'Why emails did not arrive', row_name: 'Reason', columns: REASON_COLUMNS },
    ...{ rows, total: null, has_people: true, chart: { kind: 'bars', column: 'emails' } },
    note: `In quotation marks is what a server said of the first of them, without addresses.${isPast ? ' When somebody was skipped is not known for a past day.' : ''}`,
    empty: 'Nothing was skipped or rejected, and nothing came back. There is nothing to do.',
  }
}

const SUPPRESSED_COLUMNS = [
  column('base', 'People of the round', 'people', null, { definition: 'suppressed_base' }),
  column('people', 'Not mailed', 'people', 'base', { definition: 'suppressed_people' }),
]

const ONLY_NOW = 'This is known as things stand, and not for a past day. Leave the day out to see it.'

/** @param found null: of a past day */
export function suppressedSection(found: { rows: readonly SuppressedRow[]; people: number } | null): Section {
  const rows = (found?.rows ?? []).map(({ key, reason, scope, people }) => ({
    key: key ?? 'total',
    name: key === null ? 'Anybody not mailed' : nameReason('suppressed', reason, scope),
    counts: { base: found?.people ?? 0, people },
  }))
  const own = rows.filter(({ key }) => key !== 'total')
  return {
    ...{ key: 'suppressed', name: 'Not mailed at present', row_name: 'Reason', columns: SUPPRESSED_COLUMNS },
    rows: own,
    total: own.length === 0 ? null : (rows.find(({ key }) => key === 'total') ?? null),
    note: '',
    empty:
      found === null
        ? ONLY_NOW
        : 'Nothing stands against the address of anybody in this round. There is nothing to do.',
    ...{ has_people: true, chart: null },
  }
}

const STOP_COLUMNS = [
  column('waiting', 'Emails that wait', 'emails', null, { definition: 'stop_waiting' }),
  column('people', 'People', 'people', null, { definition: 'stop_people' }),
]

/** @param stops null: of a past day */
export function stopsSection(stops: readonly StopRow[] | null): Section {
  const rows = (stops ?? []).map(({ domain, stopped_at, words, waiting, people }) => {
    const since = stopped_at
      ? `stopped since ${sayDay(stopped_at.toISOString().slice(0, 10))}`
      : 'paused for some minutes'
    const said = exampleOf(words, null)
    return {
      key: domain,
      name: `${domain}, ${since}${said === '' ? '' : `: ${quoted(said)}`}`,
      counts: { waiting, people },
    }
  })
  return {
    ...{ key: 'stops', name: 'Domains that refuse us', row_name: 'Domain', columns: STOP_COLUMNS },
    ...{ rows, total: null, has_people: true, chart: null },
    note: rows.length === 0 ? '' : 'A stopped domain gets no mail until a person lets it go under Settings, Sending.',
    empty: stops === null ? ONLY_NOW : 'No domain that this round writes to refuses us. There is nothing to do.',
  }
}
