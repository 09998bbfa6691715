import { Conflict, type FieldFault } from '../../../lib/errors.ts'
import type { SettingConflict } from './merge-settings.ts'
import type { TextConflict, TextField } from './merge-texts.ts'
import type { VersionWriter } from './queries.ts'
import type { Variants } from './variants.ts'

/** What somebody else changed first. Nothing was saved, and nothing of either side is lost. */
export class CampaignChanged extends Conflict {
  /** The version that is current now. */
  readonly version: number
  /** Who wrote since, the newest last. */
  readonly writers: VersionWriter[]
  /** Fields of texts that both sides changed. */
  readonly conflicts: TextConflict[]
  readonly settings: SettingConflict[]
  /** Both sides brought together; where they meet, what was sent. Saved again with `version`, it counts. */
  readonly merged: Variants

  constructor(found: {
    version: number
    writers: VersionWriter[]
    conflicts: TextConflict[]
    settings: SettingConflict[]
    merged: Variants
  }) {
    super('campaign_changed', sentenceOf(found))
    this.version = found.version
    this.writers = found.writers
    this.conflicts = found.conflicts
    this.settings = found.settings
    this.merged = found.merged
  }
}

export const FIELD_NAMES: Record<TextField | SettingConflict['field'], string> = {
  subject: 'the subject',
  preheader: 'the preheader',
  body_markdown: 'the text',
  image: 'the picture at the top',
  video: 'the video',
  curator: 'the curator',
  links: 'the links',
  from_name: "the sender's name",
  fallbacks: 'the fallbacks',
  planned_at: 'the planned time',
  web_copy: 'the web copy',
}

function sentenceOf({
  writers,
  conflicts,
  settings,
}: Pick<CampaignChanged, 'writers' | 'conflicts' | 'settings'>): string {
  const names = [...new Set(writers.flatMap(({ writer }) => writer ?? []))]
  const who = names.length > 0 ? new Intl.ListFormat('en-GB').format(names) : 'Somebody else'
  const fields = [
    ...conflicts.map(({ field, language }) => `${FIELD_NAMES[field]} (${language})`),
    ...settings.map(({ field }) => FIELD_NAMES[field]),
  ]
  return `${who} changed ${new Intl.ListFormat('en-GB').format(new Set(fields))} while you did. Nothing was saved yet.`
}

/** Each field that both sides changed, as a fault: its path in a change, and who was first. */
export function listContested({ conflicts, settings, version }: CampaignChanged): FieldFault[] {
  const message = `was changed by somebody else up to version ${version}`
  return [
    ...conflicts.map(({ language, field }) => ({
      field: `variants.${language}.${isExtra(field) ? `extras.${field}` : field}`,
      message,
    })),
    ...settings.map(({ field }) => ({ field, message })),
  ]
}

function isExtra(field: TextField): boolean {
  return field === 'image' || field === 'video' || field === 'curator' || field === 'links'
}
