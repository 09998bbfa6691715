import {
  type Campaign,
  FIELD_NAMES,
  type HistoryEntry,
  TEXT_FIELDS,
  type VariantText,
  type VersionPair,
} from '../../features/campaigns/index.ts'
import { directionOf, nameLanguage } from '../../lib/languages.ts'
import { subjectOf } from '../campaigns/wording.ts'
import { presentTime, presentZone } from '../present/time.ts'
import { presentDiff, wordsOf } from './present-conflict.ts'
import { previewSrc } from './query.ts'

const LIST = new Intl.ListFormat('en-GB')

/** View model of write/history. */
export function presentHistory(
  campaign: Campaign,
  { entries, next }: { entries: HistoryEntry[]; next: number | null },
  { zone, now }: { zone: string; now: Date },
) {
  const { id, subject } = campaign
  return {
    id,
    subject: subjectOf(subject),
    zone: presentZone(zone, now),
    entries: entries.map((entry) => ({
      at: presentTime(entry.written_at, zone),
      who: entry.writer ?? '',
      what: describe(entry),
      current: entry.version === campaign.version,
      href: `/console/campaigns/${id}/history/${entry.version}${entry.before === null ? '' : `?against=${entry.before}`}`,
      saves: entry.versions > 1 ? `${entry.versions} saves` : '',
    })),
    pager: {
      next: next === null ? '' : `/console/campaigns/${id}/history?up_to=${next}`,
      first: entries[0] && entries[0].version < campaign.version ? `/console/campaigns/${id}/history` : '',
    },
  }
}

/** Such as "Changed the subject and the text (English); added French". */
function describe({ before, changed, added, removed }: HistoryEntry): string {
  if (before === null) return 'Began it'
  const parts = changed
    .filter(({ language, fields }) => fields.length > 0 && !added.includes(language))
    .map(({ language, fields }) => `changed ${LIST.format(inOrder(fields))} (${nameLanguage(language)})`)
  if (added.length > 0) parts.push(`added ${LIST.format([...new Set(added)].map(nameLanguage))}`)
  if (removed.length > 0) parts.push(`took away ${LIST.format([...new Set(removed)].map(nameLanguage))}`)
  const words = parts.join('; ')
  return words === '' ? 'Saved it as it was' : `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

function inOrder(fields: readonly string[]): string[] {
  return TEXT_FIELDS.filter((field) => fields.includes(field)).map((field) => FIELD_NAMES[field])
}

/** View model of write/version: one version, and what differs in it from another. */
export function presentVersion(
  campaign: Campaign,
  pair: VersionPair,
  { zone, may_restore }: { zone: string; may_restore: boolean },
) {
  const { id } = campaign
  const { version, texts, textsBefore, before } = pair
  const languages = [...new Set([...texts.keys(), ...textsBefore.keys()])]
  return {
    id,
    title: `Version ${version.version} of ${subjectOf(campaign.subject)}`,
    number: version.version,
    at: presentTime(version.written_at, zone),
    who: version.writer ?? '',
    current: version.version === campaign.version,
    before: before ?? 0,
    seen: campaign.version,
    may_restore,
    languages: languages
      .map((language) => presentLanguage(language, texts.get(language), textsBefore.get(language)))
      .filter(({ state, fields }) => state !== '' || fields.length > 0),
    frames: [...texts.keys()].map((language) => ({
      name: nameLanguage(language),
      src: `${previewSrc(id, language, { as: 'sample', scheme: 'light', size: 'desktop', part: 'html', q: '' })}&version=${version.version}`,
    })),
  }
}

function presentLanguage(language: string, text: VariantText | undefined, before: VariantText | undefined) {
  const fields = TEXT_FIELDS.map((field) => ({
    name: FIELD_NAMES[field].replace(/^the /, ''),
    before: before ? wordsOf(before, field) : '',
    after: text ? wordsOf(text, field) : '',
  }))
  return {
    name: nameLanguage(language),
    lang: language,
    direction: directionOf(language),
    state: text === undefined ? 'taken away' : before === undefined ? 'new' : '',
    fields: fields
      .filter((field) => field.before !== field.after)
      .map(({ name, before: was, after }) => ({
        name: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
        diff: presentDiff(was, after),
      })),
  }
}
