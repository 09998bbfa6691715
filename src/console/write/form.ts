import { type Static, Type } from '@fastify/type-provider-typebox'
import type { Campaign, CampaignChange, CampaignExtras, CampaignSettings } from '../../features/campaigns/index.ts'
import { InvalidInput } from '../../lib/errors.ts'
import { instantOf, localOf } from './local-time.ts'

type Channel = Campaign['channel']

const Line = Type.Optional(Type.String())
const Lines = Type.Optional(Type.Array(Type.String(), { maxItems: 40 }))

/** What the form of the write page posts. Fallbacks come as `fallbacks.<merge field>`, choices as `choose.<field>`. */
export const WriteBody = Type.Object({
  action: Type.Optional(Type.String({ maxLength: 60 })),
  language: Type.String({ maxLength: 40 }),
  based_on: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
  settings_seen: Line,
  ...{ subject: Type.String(), preheader: Type.String(), body_markdown: Type.String() },
  ...{ image_url: Line, image_alt: Line, video_title: Line, video_url: Line, video_thumbnail_url: Line, curator: Line },
  ...{ link_title: Lines, link_url: Lines },
  ...{ from_name: Line, planned_at: Line, web_copy: Line, new_language: Line },
  ...{ channel: Line, channel_seen: Line },
})
export type WriteBody = Static<typeof WriteBody>

/** Everything the form shows, as it was typed: what a refused save gives back. */
export interface WriteForm {
  language: string
  based_on: number
  subject: string
  preheader: string
  body_markdown: string
  image: { url: string; alt: string }
  video: { title: string; url: string; thumbnail_url: string }
  curator: string
  links: { title: string; url: string }[]
  from_name: string
  fallbacks: Record<string, string>
  /** `YYYY-MM-DDTHH:MM` on the clock of who writes, or empty. */
  planned_at: string
  web_copy: boolean
  /** By whom it is sent: 'email' or 'mailchimp', and which the page showed. */
  channel: Channel
  channel_seen: Channel
  /** The settings as the page showed them. */
  seen: CampaignSettings
}

export function formOfCampaign(campaign: Campaign, language: string, zone: string): WriteForm {
  const { subject, preheader, body_markdown, extras } = textIn(campaign, language)
  const { from_name, fallbacks, planned_at, web_copy, channel } = campaign
  return {
    ...{ language, based_on: campaign.version, subject, preheader, body_markdown },
    image: extras.image ?? { url: '', alt: '' },
    video: { title: '', url: '', thumbnail_url: '', ...extras.video },
    curator: extras.curator ?? '',
    links: extras.links,
    from_name: from_name ?? '',
    fallbacks,
    planned_at: localOf(planned_at, zone),
    web_copy,
    ...{ channel, channel_seen: channel },
    seen: { from_name, fallbacks, planned_at, web_copy },
  }
}

/** The text of one language; an empty one where there is none. */
export function textIn(campaign: Campaign, language: string) {
  const text = language === campaign.language ? campaign : campaign.variants[language]
  const extras: CampaignExtras = text?.extras ?? { image: null, video: null, curator: null, links: [] }
  return {
    subject: text?.subject ?? '',
    preheader: text?.preheader ?? '',
    body_markdown: text?.body_markdown ?? '',
    extras,
  }
}

export function formOfBody(body: WriteBody, campaign: Campaign): WriteForm {
  const fields = Object.entries(body as Record<string, unknown>)
  const fallbacks = fields
    .filter(([name]) => name.startsWith('fallbacks.'))
    .map(([name, value]) => [name.slice('fallbacks.'.length), lineOf(value)] as const)
  const seen = readSeen(body.settings_seen) ?? campaign
  const titles = body.link_title ?? []
  const urls = body.link_url ?? []
  return {
    ...{ language: body.language, based_on: body.based_on },
    subject: storable(body.subject),
    preheader: storable(body.preheader),
    body_markdown: storable(body.body_markdown),
    image: { url: lineOf(body.image_url), alt: lineOf(body.image_alt) },
    video: {
      title: lineOf(body.video_title),
      url: lineOf(body.video_url),
      thumbnail_url: lineOf(body.video_thumbnail_url),
    },
    curator: storable(body.curator ?? ''),
    links: Array.from({ length: Math.max(titles.length, urls.length) }, (_, at) => ({
      title: lineOf(titles[at]),
      url: lineOf(urls[at]),
    })).filter(({ title, url }) => title !== '' || url !== ''),
    from_name: lineOf(body.from_name),
    fallbacks: { ...seen.fallbacks, ...Object.fromEntries(fallbacks) },
    planned_at: lineOf(body.planned_at),
    web_copy: body.web_copy === 'yes',
    channel: channelOf(body.channel, campaign),
    channel_seen: channelOf(body.channel_seen, campaign),
    seen: {
      from_name: seen.from_name,
      fallbacks: seen.fallbacks,
      planned_at: seen.planned_at,
      web_copy: seen.web_copy,
    },
  }
}

/** A form without the choice, such as one of an introduction, leaves it as it is. */
function channelOf(word: string | undefined, { channel }: Pick<Campaign, 'channel'>): Channel {
  return word === 'email' || word === 'mailchimp' ? word : channel
}

/** The texts of the form, as a change of its language. */
export function textChangeOf(form: WriteForm): NonNullable<CampaignChange['variants']> {
  const { subject, preheader, body_markdown, image, video, curator, links } = form
  const { thumbnail_url } = video
  const extras: CampaignExtras = {
    image: isEmpty(image) ? null : image,
    video: isEmpty(video)
      ? null
      : { title: video.title, url: video.url, ...(thumbnail_url === '' ? {} : { thumbnail_url }) },
    curator: curator === '' ? null : curator,
    links,
  }
  return { [form.language]: { subject, preheader, body_markdown, extras } }
}

/** Those settings of the form that are not what the page showed. @throws InvalidInput naming every fault */
export function settingsChangeOf(form: WriteForm, zone: string): CampaignChange {
  const { from_name, fallbacks, planned_at, web_copy, channel, seen } = form
  refuseLong(form)
  const kept = Object.fromEntries(Object.entries(fallbacks).filter(([, value]) => value !== ''))
  const isPlanned = planned_at !== localOf(seen.planned_at, zone)
  return {
    ...(from_name === (seen.from_name ?? '') ? {} : { from_name: from_name === '' ? null : from_name }),
    ...(sameWords(kept, seen.fallbacks) ? {} : { fallbacks: kept }),
    ...(isPlanned ? { planned_at: instantOf(planned_at, zone)?.toISOString() ?? null } : {}),
    ...(web_copy === seen.web_copy ? {} : { web_copy }),
    ...(channel === form.channel_seen ? {} : { channel }),
  }
}

const NAME_LIMIT = 100
const FALLBACK_LIMIT = 200

function refuseLong({ from_name, fallbacks }: WriteForm): void {
  const long = (field: string, text: string, limit: number) =>
    text.length > limit ? [{ field, message: `It has more than ${limit} characters.` }] : []
  const faults = [
    ...long('from_name', from_name, NAME_LIMIT),
    ...Object.entries(fallbacks).flatMap(([name, words]) => long(`fallbacks.${name}`, words, FALLBACK_LIMIT)),
  ]
  if (faults.length > 0) throw new InvalidInput(faults)
}

/** Choices of a page that showed two texts: the fields in which theirs stays. */
export function fieldsLeftToThem(body: WriteBody): Set<string> {
  return new Set(
    Object.entries(body as Record<string, unknown>)
      .filter(([name, value]) => name.startsWith('choose.') && value === 'theirs')
      .map(([name]) => name.slice('choose.'.length)),
  )
}

/** The settings as a hidden field carries them. */
export function writeSeen(seen: CampaignSettings): string {
  return JSON.stringify(seen)
}

function readSeen(text: string | undefined): CampaignSettings | undefined {
  try {
    const { from_name, fallbacks, planned_at, web_copy } = JSON.parse(text ?? '') as Record<string, unknown>
    return {
      from_name: typeof from_name === 'string' ? from_name : null,
      fallbacks: Object.fromEntries(Object.entries(fallbacks ?? {}).map(([name, value]) => [name, String(value)])),
      planned_at: typeof planned_at === 'string' ? new Date(planned_at) : null,
      web_copy: web_copy === true,
    }
  } catch {
    return undefined
  }
}

/** One line, as a reader of it would see it. */
function lineOf(value: unknown): string {
  return typeof value === 'string' ? storable(value).trim() : ''
}

/**
 * A text as the database takes it. A NUL comes from the clipboard of a PDF and shows nothing: its writer could not
 * find it. Browsers send every line break as two characters (HTML, "normalize newlines").
 */
function storable(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll('\0', '').toWellFormed()
}

function isEmpty(value: Record<string, string>): boolean {
  return Object.values(value).every((part) => part === '')
}

function sameWords(a: Record<string, string>, b: Record<string, string>): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every((name) => (a[name] ?? '') === (b[name] ?? ''))
}
