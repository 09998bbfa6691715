import {
  type Campaign,
  type CampaignChange,
  CampaignChanged,
  getCampaign,
  TEXT_FIELDS,
  type TextField,
  updateCampaign,
} from '../../features/campaigns/index.ts'
import { InvalidInput } from '../../lib/errors.ts'
import { parseLanguage } from '../../lib/languages.ts'
import type { Caller } from '../../platform/http/access.ts'
import type { ConsoleDeps } from '../shell.ts'
import {
  fieldsLeftToThem,
  formOfBody,
  formOfCampaign,
  settingsChangeOf,
  textChangeOf,
  type WriteBody,
  type WriteForm,
} from './form.ts'

interface SaveDeps extends Pick<ConsoleDeps, 'db' | 'clock' | 'ring'> {}

/** What became of a form: saved, or why not, with the form as it is to be shown again. */
export type SaveOutcome =
  | { saved: Campaign; form: WriteForm; merged: boolean }
  | { saved: undefined; form: WriteForm; faults: InvalidInput['faults']; conflict: CampaignChanged | undefined }

/**
 * Saves what a form says: its texts, the settings that it changed, and the language it adds or takes away.
 * @throws NotFound, Conflict `campaign_not_editable`
 */
export async function saveForm(
  deps: SaveDeps,
  campaign: Campaign,
  body: WriteBody,
  who: { caller: Caller; zone: string; textsOnly?: boolean },
): Promise<SaveOutcome> {
  const form = formOfBody(body, campaign)
  try {
    const change = changeOf(form, body, who)
    const saved = await updateCampaign(deps, {
      id: campaign.id,
      change,
      based_on: form.based_on,
      seen: form.seen,
      written_by: who.caller.name,
    })
    if (saved.version !== campaign.version) await deps.ring('check-links', { campaign_id: campaign.id })
    return { saved, form, merged: saved.version > form.based_on + 1 }
  } catch (error) {
    if (error instanceof InvalidInput) return { saved: undefined, form, faults: error.faults, conflict: undefined }
    if (!(error instanceof CampaignChanged)) throw error
    return {
      saved: undefined,
      form: meetTheirs(form, error, await getCampaign(deps, campaign), who.zone),
      faults: [],
      conflict: error,
    }
  }
}

function changeOf(form: WriteForm, body: WriteBody, who: { zone: string; textsOnly?: boolean }): CampaignChange {
  const theirs = fieldsLeftToThem(body)
  const variants: CampaignChange['variants'] = leaveOut(textChangeOf(form), theirs)
  if (body.action === 'add_language') Object.assign(variants, addedLanguage(form, body.new_language ?? ''))
  if (body.action === 'remove_language') Object.assign(variants, { [form.language]: null })
  const settings = who.textsOnly ? {} : settingsChangeOf(form, who.zone)
  const kept = Object.entries(settings).filter(([name]) => !theirs.has(name))
  return { ...Object.fromEntries(kept), variants }
}

/** What is left to somebody else is not part of the change at all. */
function leaveOut(variants: ReturnType<typeof textChangeOf>, theirs: ReadonlySet<string>): typeof variants {
  const isOurs = ([name]: [string, unknown]) => !theirs.has(name)
  return Object.fromEntries(
    Object.entries(variants).map(([language, text]) => {
      const { extras = {}, ...own } = text ?? {}
      return [
        language,
        {
          ...Object.fromEntries(Object.entries(own).filter(isOurs)),
          extras: Object.fromEntries(Object.entries(extras).filter(isOurs)),
        },
      ]
    }),
  )
}

/** Empty but for what needs no translation: an untranslated text would go out as it is. */
function addedLanguage(form: WriteForm, wanted: string) {
  const language = parseLanguage(wanted.trim())
  if (language === undefined) {
    const message = wanted === '' ? 'Choose a language first.' : `"${wanted}" is not a known language.`
    throw new InvalidInput([{ field: 'new_language', message }])
  }
  const { extras } = textChangeOf(form)[form.language] ?? {}
  return { [language]: extras ? { extras: { image: extras.image ?? null, links: extras.links ?? [] } } : {} }
}

/** The form once more, on top of what somebody else saved: mine where both changed, theirs where only they did. */
function meetTheirs(form: WriteForm, changed: CampaignChanged, now: Campaign, zone: string): WriteForm {
  const theirs = formOfCampaign(now, form.language, zone)
  const mine = mineOf(form, zone)
  const { from_name = theirs.from_name, planned_at, web_copy = theirs.web_copy, fallbacks } = mine
  const merged = changed.merged.get(form.language)
  return {
    ...(merged ? formOfCampaign({ ...now, ...merged, language: form.language }, form.language, zone) : form),
    from_name: from_name ?? '',
    planned_at: planned_at === undefined ? theirs.planned_at : form.planned_at,
    web_copy,
    channel: mine.channel ?? theirs.channel,
    channel_seen: theirs.channel,
    fallbacks: { ...theirs.fallbacks, ...(fallbacks ? form.fallbacks : {}) },
    based_on: changed.version,
    seen: theirs.seen,
  }
}

/** The settings that the form changed; none when they cannot be read. */
function mineOf(form: WriteForm, zone: string): CampaignChange {
  try {
    return settingsChangeOf(form, zone)
  } catch {
    return {}
  }
}

/** The fields of the form that a save changed to what somebody else wrote: a script puts them in place. */
export function fieldsFromOthers(form: WriteForm, saved: WriteForm): TextField[] {
  return TEXT_FIELDS.filter((field) => JSON.stringify(form[field]) !== JSON.stringify(saved[field]))
}
