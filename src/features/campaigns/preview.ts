import { InvalidInput, NotFound } from '../../lib/errors.ts'
import type { Db } from '../../platform/db/open.ts'
import { parseFrom } from './compose.ts'
import { chooseVariant, type MergeSettings, mergeValuesOf, parseLanguage, renderMessage } from './content/index.ts'
import { findMergeRow, getSampleRow } from './queries.ts'
import { ensureCompiled, getCampaignRow } from './service.ts'

interface ContentDeps {
  db: Db
  config: { mailFrom: string; publicUrl: string }
}

export interface Preview {
  language: string
  subject: string
  html?: string
  text?: string
}

/**
 * The email as one person would get it, or with sample values: the same function as sending, so the same bytes, but
 * for the person's own links, which lead to an example. @throws NotFound, InvalidInput
 */
export async function previewCampaign(
  deps: ContentDeps,
  input: { campaign_id: number; person_id: number | null; part: 'html' | 'text'; language?: string | undefined },
): Promise<Preview> {
  const { db } = deps
  const campaign = await getCampaignRow(db, input.campaign_id)
  const row =
    input.person_id === null
      ? await getSampleRow(db, campaign.id)
      : await findMergeRow(db, campaign.id, input.person_id)
  if (!row) throw new NotFound(`Person ${input.person_id}`)
  const compiled = await ensureCompiled(deps, campaign.id, campaign.version)
  const language =
    input.language === undefined
      ? chooseVariant(compiled.keys(), row.language, campaign.language)
      : (parseLanguage(input.language) ?? '')
  const variant = compiled.get(language)
  if (!variant) throw new InvalidInput([{ field: 'language', message: `There is no text in "${input.language}".` }])
  const settings: MergeSettings = {
    language,
    default_language: campaign.language,
    fallbacks: campaign.fallbacks,
    sender_name: parseFrom(deps.config.mailFrom, campaign.from_name).name,
  }
  const values = mergeValuesOf(row, settings, { unsubscribe: `${deps.config.publicUrl}/u/example` })
  const message = renderMessage(variant, values)
  return { language, subject: message.subject, [input.part]: message[input.part] }
}
