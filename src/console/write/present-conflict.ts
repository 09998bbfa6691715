import {
  type CampaignChanged,
  type CampaignExtras,
  diffText,
  FIELD_NAMES,
  type TextField,
  type VariantText,
} from '../../features/campaigns/index.ts'
import { nameLanguage } from '../../lib/languages.ts'
import { presentTime } from '../present/time.ts'

/** View model of write/_conflict: both texts of every field that two people changed. */
export function presentConflict(changed: CampaignChanged, zone: string) {
  const last = changed.writers.at(-1)
  const names = [...new Set(changed.writers.flatMap(({ writer }) => writer ?? []))]
  const texts = changed.conflicts.map(({ language, field, theirs, mine }) => ({
    name: `${FIELD_NAMES[field]} (${nameLanguage(language)})`,
    lang: language,
    field,
    theirs: theirs ? wordsOf(theirs, field) : '',
    mine: mine ? wordsOf(mine, field) : '',
  }))
  const settings = changed.settings.map(({ field, theirs, mine }) => ({
    ...{ name: FIELD_NAMES[field], lang: 'en', field, theirs, mine },
  }))
  return {
    who: names.length > 0 ? new Intl.ListFormat('en-GB').format(names) : 'Somebody else',
    when: last ? presentTime(last.written_at, zone) : { iso: '', text: '' },
    fields: [...texts, ...settings].map((one) => ({
      ...one,
      title: `${one.name.charAt(0).toUpperCase()}${one.name.slice(1)}`,
      rows: one.field === 'body_markdown' ? 12 : 3,
      diff: presentDiff(one.theirs, one.mine),
    })),
  }
}

/** View model of write/_diff. */
export function presentDiff(before: string, after: string) {
  return diffText(before, after).map(({ text, kind }) => ({
    text,
    added: kind === 'added',
    removed: kind === 'removed',
  }))
}

/** A field as lines that one can read and compare. */
export function wordsOf(text: VariantText, field: TextField): string {
  if (field === 'subject' || field === 'preheader' || field === 'body_markdown') return text[field]
  return extraWords(text.extras, field)
}

function extraWords(
  { image, video, curator, links }: CampaignExtras,
  field: 'image' | 'video' | 'curator' | 'links',
): string {
  const lines: Record<typeof field, (string | undefined)[]> = {
    image: image ? [image.url, image.alt] : [],
    video: video ? [video.title, video.url, video.thumbnail_url] : [],
    curator: curator === null ? [] : [curator],
    links: links.map(({ title, url }) => `${title} ${url}`.trim()),
  }
  return lines[field].filter(Boolean).join('\n')
}
