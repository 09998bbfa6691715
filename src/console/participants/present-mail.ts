import { HELD, type listCampaignsForPerson, SKIPPED } from '../../features/campaigns/index.ts'
import type { MailOfPerson } from '../../features/deliveries/index.ts'
import type { listImportsOfPerson } from '../../features/imports/index.ts'
import type { DeliveryEvent } from '../../features/inbox/index.ts'
import type { PastSuppression } from '../../features/people/index.ts'
import { presentTime } from '../present/time.ts'
import { type Badge, sayReason, sayScope, saySource, type Tone, warningBeforeLift } from './words.ts'

const TONES: Record<string, Tone> = {
  accepted: 'good',
  rejected: 'bad',
  uncertain: 'bad',
  deferred: 'wait',
  held: 'wait',
  queued: 'info',
  claimed: 'info',
  sending: 'info',
}

/** Every mail of a person. @param zone of who looks */
export function presentMails(mails: readonly MailOfPerson[], events: readonly DeliveryEvent[], zone: string) {
  const byDelivery = Map.groupBy(events, ({ delivery_id }) => delivery_id)
  return mails.map((mail) => ({
    at: presentTime(mail.accepted_at ?? (isWaiting(mail) ? mail.due_at : mail.updated_at), zone),
    due: isWaiting(mail),
    href: mail.round_code === null ? '' : `/console/campaigns/${mail.campaign_id}`,
    subject: mail.subject || `No subject (${mail.kind})`,
    round_code: mail.round_code ?? 'staff',
    state: { tone: TONES[mail.state] ?? 'quiet', text: mail.state } satisfies Badge,
    reason: reasonOf(mail),
    words: mail.words ?? '',
    events: (byDelivery.get(mail.id) ?? []).map((event) => presentEvent(event, zone)),
  }))
}

const EVENTS: Record<string, Badge> = {
  bounce: { tone: 'bad', text: 'came back' },
  complaint: { tone: 'bad', text: 'reported as unwanted' },
  reply: { tone: 'info', text: 'answered' },
  auto_reply: { tone: 'quiet', text: 'answered by a machine' },
  unsubscribe: { tone: 'wait', text: 'unsubscribed by it' },
}

function presentEvent({ kind, words, at }: DeliveryEvent, zone: string) {
  const badge = EVENTS[kind] ?? { tone: 'quiet', text: kind.replaceAll('_', ' ') }
  return { badge, at: presentTime(at, zone), words: words ?? '' }
}

const isWaiting = ({ state }: MailOfPerson) => state === 'queued' || state === 'deferred' || state === 'held'

function reasonOf({ skipped_reason, held_reason }: MailOfPerson): string {
  if (skipped_reason) return SKIPPED[skipped_reason] ?? skipped_reason
  return held_reason ? (HELD[held_reason] ?? held_reason) : ''
}

/** What stands against one reason at one scope, over all addresses of the person. */
export interface Stop {
  scope: string
  reason: string
  /** "Campaigns are stopped: unsubscribed." */
  sentence: string
  since: { iso: string; text: string }
  until: { iso: string; text: string } | ''
  by: string
  addresses: string
  warning: string
}

const STOPPED: Record<string, string> = { all: 'All mail is', news: 'Announcements are' }

/** What stands, the newest first: one entry however many addresses there are. */
export function presentStops(
  history: readonly PastSuppression[],
  names: ReadonlyMap<string, string>,
  zone: string,
): Stop[] {
  const groups = new Map<string, PastSuppression[]>()
  for (const row of history) {
    if (row.lifted_at) continue
    const key = `${row.scope} ${row.reason}`
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups.values()].map((rows) => {
    const first = rows[0] as PastSuppression
    return {
      scope: first.scope,
      reason: first.reason,
      sentence: `${STOPPED[first.scope] ?? 'Campaigns are'} stopped: ${sayReason(first.reason)}.`,
      since: presentTime(first.created_at, zone),
      until: first.ends_at ? presentTime(first.ends_at, zone) : '',
      by: saySource(first.source, names),
      addresses: rows.map(({ address }) => address).join(', '),
      warning: warningBeforeLift(first),
    }
  })
}

/** Stops set and lifted, the newest first. */
export function presentHistory(history: readonly PastSuppression[], names: ReadonlyMap<string, string>, zone: string) {
  return history.map((row) => ({
    address: row.address,
    what: `${sayScope(row.scope)}: ${sayReason(row.reason)}`,
    by: saySource(row.source, names),
    set: presentTime(row.created_at, zone),
    lifted: row.lifted_at ? presentTime(row.lifted_at, zone) : '',
  }))
}

/** Whether the programme's mail goes to them, since when and by whom; what nobody knows is not claimed. */
export function sayProgrammeMail(every: readonly Stop[], past: readonly PastSuppression[], zone: string): string {
  const [stops, history] = [every.filter(isOfProgrammeMail), past.filter(isOfProgrammeMail)]
  const all = stops.find(({ scope }) => scope === 'all')
  const stop = all ?? stops[0]
  if (stop) return `${all ? 'Off' : 'Off for campaigns'} since ${stop.since.text}, by ${stop.by}.`
  const lifted = history.map(({ lifted_at }) => lifted_at?.getTime() ?? 0)
  if (lifted.length === 0) return 'On. Nobody has ever stopped it.'
  return `On again since ${presentTime(new Date(Math.max(...lifted)), zone).text}.`
}

const isOfProgrammeMail = ({ scope }: { scope: string }) => scope !== 'news'

export function presentImports(imports: Awaited<ReturnType<typeof listImportsOfPerson>>, zone: string) {
  return imports.map((row) => ({
    href: `/console/rounds/${encodeURIComponent(row.round_code)}/imports/${row.id}`,
    name: row.file_name ?? `Import ${row.id}`,
    round_code: row.round_code,
    at: row.finished_at ? presentTime(row.finished_at, zone) : '',
    undone: row.undone_at !== null,
  }))
}

export function presentCampaignOptions(
  campaigns: Awaited<ReturnType<typeof listCampaignsForPerson>>,
  asked: number | undefined,
) {
  return campaigns.map(({ id, subject, kind, round_code, state }) => ({
    value: id,
    text: `${round_code}: ${subject || `${kind.replaceAll('_', ' ')} without a subject`} (${state})`,
    selected: id === asked,
  }))
}
