import {
  AUTOMATIC_EMAILS,
  type AutomaticKey,
  type CampaignChanged,
  listFallbackFields,
  listMergeFields,
} from '../../features/campaigns/index.ts'
import type { FieldFault } from '../../lib/errors.ts'
import { directionOf, nameLanguage } from '../../lib/languages.ts'
import { KINDS, subjectOf } from '../campaigns/wording.ts'
import { presentTime, presentZone } from '../present/time.ts'
import { faultOf } from '../settings/form.ts'
import { presentFaults } from './faults.ts'
import { type WriteForm, writeSeen } from './form.ts'
import type { WriteFacts } from './gather.ts'
import { presentConflict } from './present-conflict.ts'
import { presentFindings } from './present-findings.ts'
import { presentPreview } from './present-preview.ts'
import type { PreviewChoice } from './query.ts'

export interface WriteView {
  form: WriteForm
  choice: PreviewChoice
  zone: string
  now: Date
  /** Where a test email goes; null while the person has no address. */
  address: string | null
  faults?: readonly FieldFault[]
  conflict?: CampaignChanged | undefined
  /** Rows for links at least. */
  rows?: number
}

/** View model of write/write. */
export function presentWrite(facts: WriteFacts, view: WriteView) {
  const { campaign, writer } = facts
  const { form, zone, now, conflict } = view
  const { id } = campaign
  const languages = languagesOf(campaign)
  const faults = presentFaults(view.faults ?? [], form.language)
  return {
    id,
    title: subjectOf(campaign.subject),
    kind: KINDS[campaign.kind] ?? campaign.kind,
    round: campaign.round,
    automatic: presentAutomaticText(campaign),
    zone: presentZone(zone, now),
    faults,
    conflict: conflict ? presentConflict(conflict, zone) : null,
    based_on: form.based_on,
    settings_seen: writeSeen(form.seen),
    address: view.address ?? '',
    saved: writer
      ? { at: presentTime(writer.written_at, zone), by: writer.writer ?? '', version: campaign.version }
      : null,
    adding_language: faults.some(({ field }) => field === 'new_language'),
    ...presentLanguages(languages, form.language, campaign.language, facts.programme.languages),
    fields: presentFields(form, faults),
    links: presentLinks(form, faults, view.rows ?? 0),
    beside_open: (view.rows ?? 0) > 0 || faults.some(({ field }) => BESIDE.test(field)),
    settings_open: faults.some(({ field }) => SETTINGS.test(field)),
    settings: presentSettings(facts, form, faults),
    merge_groups: groupMergeFields(),
    preview: presentPreview(id, form.language, view.choice, facts.people),
    checks: presentFindings(facts.findings, {
      ...{ id, language: form.language, languages },
      is_automatic: campaign.automatic_key !== null,
    }),
    history_href: `/console/campaigns/${id}/history`,
  }
}

/** Null for a campaign that is scheduled; for an automatic email when it goes out, and whether as it stands here. */
function presentAutomaticText({
  automatic_key,
  round,
  version,
  live_version,
  switched_off_at,
}: WriteFacts['campaign']) {
  if (automatic_key === null) return null
  const { title, when } = AUTOMATIC_EMAILS[automatic_key as AutomaticKey]
  const href = `/console/rounds/${encodeURIComponent(round)}/emails`
  return { title, when, href, newer: version !== live_version, off: switched_off_at !== null }
}

export function languagesOf(campaign: WriteFacts['campaign']): string[] {
  return [campaign.language, ...Object.keys(campaign.variants)]
}

function presentLanguages(languages: string[], current: string, own: string, ofProgramme: string[]) {
  const addable = ofProgramme.filter((tag) => !languages.includes(tag))
  return {
    language: current,
    language_name: nameLanguage(current),
    direction: directionOf(current),
    is_own_language: current === own,
    own_language: nameLanguage(own),
    has_others: languages.length > 1,
    languages: languages.map((tag) => ({ tag, name: nameLanguage(tag), lang: tag, current: tag === current })),
    addable: addable.map((tag) => ({ tag, name: nameLanguage(tag) })),
  }
}

function presentFields(form: WriteForm, faults: FieldFault[]) {
  const { image, video } = form
  const values = {
    ...{ subject: form.subject, preheader: form.preheader, body_markdown: form.body_markdown, curator: form.curator },
    ...{ image_url: image.url, image_alt: image.alt },
    ...{ video_title: video.title, video_url: video.url, video_thumbnail_url: video.thumbnail_url },
  }
  const entries = Object.entries(values).map(
    ([name, value]) => [name, { value, fault: faultOf(faults, name) }] as const,
  )
  return Object.fromEntries(entries) as Record<keyof typeof values, { value: string; fault: string }>
}

/** Inputs that stand in a part of the page that is folded until it is needed. */
const BESIDE = /^(image|video|link)_|^curator$/
const SETTINGS = /^(from_name|planned_at|channel|fallbacks\..+)$/

const EMPTY_ROWS = 1
const MOST_LINKS = 20

function presentLinks({ links }: WriteForm, faults: FieldFault[], rows: number) {
  const count = Math.min(Math.max(links.length + EMPTY_ROWS, rows), MOST_LINKS)
  return {
    rows: Array.from({ length: count }, (_, at) => ({
      at,
      number: at + 1,
      title: links[at]?.title ?? '',
      url: links[at]?.url ?? '',
      fault: faultOf(faults, `link_title_${at}`) || faultOf(faults, `link_url_${at}`),
    })),
    full: count >= MOST_LINKS,
  }
}

function presentSettings(facts: WriteFacts, form: WriteForm, faults: FieldFault[]) {
  const { campaign, usual_sender } = facts
  const { subject, preheader, body_markdown, extras } = campaign
  const texts = new Map([
    ...Object.entries(campaign.variants),
    [campaign.language, { subject, preheader, body_markdown, extras }] as const,
  ])
  return {
    from_name: form.from_name,
    from_name_fault: faultOf(faults, 'from_name'),
    usual_sender,
    planned_at: form.planned_at,
    planned_at_fault: faultOf(faults, 'planned_at'),
    is_planned: campaign.automatic_key === null,
    sends_itself: campaign.sends_itself,
    web_copy: form.web_copy,
    is_topic: campaign.kind === 'topic',
    ...presentChannel(facts, form, faults),
    fallbacks: listFallbackFields(texts, { ...campaign, fallbacks: form.fallbacks }).map((one) => ({
      ...one,
      name: `fallbacks.${one.field}`,
      fault: faultOf(faults, `fallbacks.${one.field}`),
    })),
  }
}

/** By whom it is sent. Asked where there is a choice: what a person must get depends on nobody else. */
function presentChannel({ campaign, mailchimp }: WriteFacts, form: WriteForm, faults: FieldFault[]) {
  const asks = campaign.lane === 'campaign' && (mailchimp !== 'off' || form.channel === 'mailchimp')
  const through = mailchimp === 'connected' ? '' : 'No audience is connected yet: see Settings, Mailchimp. '
  return {
    channel_seen: form.channel_seen,
    channel_fault: faultOf(faults, 'channel'),
    channels: asks
      ? [
          {
            ...{ id: 'channel', value: 'email', text: 'By Pairpost', chosen: form.channel === 'email' },
            hint: 'From our own mail server, to each reader by themselves.',
          },
          {
            ...{ id: 'channel-mailchimp', value: 'mailchimp', text: 'Through Mailchimp' },
            hint: `${through}It is handed over when you schedule it, leaves on a quarter of an hour, and goes to those only who are subscribed there.`,
            chosen: form.channel === 'mailchimp',
          },
        ]
      : [],
  }
}

const GROUPS: [prefix: string, name: string][] = [
  ['participant.', 'The reader'],
  ['partner.', 'Their partner'],
  ['round.', 'The round'],
  ['', 'The email'],
]

function groupMergeFields() {
  const groups = GROUPS.map(([prefix, name]) => ({ prefix, name, fields: [] as { value: string; text: string }[] }))
  for (const { field, description } of listMergeFields())
    groups.find(({ prefix }) => field.startsWith(prefix))?.fields.push({ value: `{{${field}}}`, text: description })
  return groups
}
