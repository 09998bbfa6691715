import { InvalidInput, NotFound } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { getProgramme } from '../../programme/index.ts'
import {
  chooseVariant,
  type MergeRow,
  type MergeSettings,
  mergeValuesOf,
  parseLanguage,
  renderMessage,
} from '../content/index.ts'
import { exampleLinks } from '../message/links.ts'
import { senderOf } from '../message/sender.ts'
import { readCompiled } from '../writing/compiled.ts'
import { findMergeRow, getSampleRow } from '../writing/queries.ts'
import { getCampaignRow } from '../writing/service.ts'

interface ContentDeps {
  db: Db
  config: { mailFrom: string; publicUrl: string }
}

/** Whose email is shown: a person, sample values (null), or sample values under a name of one's own. */
export type PreviewReader = number | null | { given_name: string; family_name: string }

export interface Preview {
  language: string
  subject: string
  html?: string
  text?: string
}

/**
 * The email as one person would get it, or with sample values: the same function as sending, so the same bytes, but
 * for the person's own links, which lead to an example. Changes nothing. @throws NotFound, InvalidInput
 */
export async function previewCampaign(
  deps: ContentDeps,
  input: {
    campaign_id: number
    person_id: PreviewReader
    part: 'html' | 'text'
    /** Without it the one that the reader gets. */
    language?: string | undefined
    /** Without it the present one. */
    version?: number | undefined
  },
): Promise<Preview> {
  const { db } = deps
  const campaign = await getCampaignRow(db, input.campaign_id)
  const row = await findReader(db, campaign.id, input.person_id)
  if (!row) throw new NotFound(`Person ${input.person_id}`)
  const compiled = await readCompiled(db, {
    campaign_id: campaign.id,
    version: input.version ?? campaign.version,
    choose: (languages) =>
      input.language === undefined
        ? chooseVariant(languages, row.language, campaign.language)
        : (parseLanguage(input.language) ?? ''),
  })
  if (!compiled) throw new InvalidInput([{ field: 'language', message: `There is no text in "${input.language}".` }])
  const programme = await getProgramme(db)
  const settings: MergeSettings = {
    language: compiled.language,
    default_language: campaign.language,
    fallbacks: campaign.fallbacks,
    sender_name: senderOf(deps.config, programme, campaign.from_name).name,
    footer: programme.footer,
  }
  const values = mergeValuesOf(row, settings, exampleLinks(deps.config, row.round_code))
  const message = renderMessage(compiled, values)
  return { language: compiled.language, subject: message.subject, [input.part]: message[input.part] }
}

async function findReader(db: Db, campaignId: number, reader: PreviewReader): Promise<MergeRow | undefined> {
  if (typeof reader === 'number') return findMergeRow(db, campaignId, reader)
  return { ...(await getSampleRow(db, campaignId)), ...reader }
}
