import type { Db } from '../../../platform/db/open.ts'
import type { Mailbox } from '../../../platform/mail/message.ts'
import { getProgramme, type Programme } from '../../programme/index.ts'
import {
  type Compiled,
  linksIn,
  listUnfillable,
  type MailchimpPart,
  type MailchimpTags,
  type MergeField,
  type MergeRow,
  writeForMailchimp,
} from '../content/index.ts'
import { getScheduledCampaign } from '../schedule/schedule-queries.ts'
import { ensureCompiled } from '../writing/compiled.ts'
import { getSampleRow } from '../writing/queries.ts'
import { type ComposeSettings, getComposeSettings, recordLinks } from './compose-queries.ts'
import { exampleLinks } from './links.ts'
import { senderOf } from './sender.ts'

/** A campaign as it is handed over, every language of it. */
export interface MailchimpMessages {
  from: Mailbox
  /** Whether links may be counted. */
  count_clicks: boolean
  languages: Map<string, MailchimpPart & { fields: MergeField[]; unfillable: MergeField[] }>
}

/**
 * Writes the frozen version of a campaign for Mailchimp, and notes its links, so that what the report says of them is
 * counted as the same links. @throws NotFound
 */
export async function composeForMailchimp(
  deps: { db: Db; config: { mailFrom: string; publicUrl: string } },
  { campaign_id, tags }: { campaign_id: number; tags: MailchimpTags },
): Promise<MailchimpMessages> {
  const { db, config } = deps
  const campaign = await getScheduledCampaign(db, campaign_id)
  const [compiled, settings, programme, round] = [
    await ensureCompiled(deps, campaign_id, campaign.version),
    await getComposeSettings(db, campaign_id),
    await getProgramme(db),
    await getSampleRow(db, campaign_id),
  ]
  const write = mailchimpWriter(config, { settings, programme, round, tags })
  const languages: MailchimpMessages['languages'] = new Map()
  for (const [language, variant] of compiled) {
    await recordLinks(db, campaign_id, linksIn(variant.html))
    languages.set(language, {
      ...write(variant),
      fields: variant.fields,
      unfillable: listUnfillable(variant.fields, language, tags),
    })
  }
  return { from: senderOf(config, programme, settings.from_name), count_clicks: programme.count_clicks, languages }
}

/** Writes any language of a campaign for Mailchimp, by its settings as they are. */
export function mailchimpWriter(
  config: { mailFrom: string; publicUrl: string },
  given: { settings: ComposeSettings; programme: Programme; round: MergeRow; tags: MailchimpTags },
): (compiled: Compiled) => MailchimpPart {
  const { settings, programme, tags, round } = given
  const { apply, code_of_conduct, expectations, interest } = exampleLinks(config, round.round_code)
  const shared = {
    ...{ default_language: settings.language, fallbacks: settings.fallbacks, footer: programme.footer, tags, round },
    sender_name: senderOf(config, programme, settings.from_name).name,
    links: { apply, code_of_conduct, expectations, interest },
  }
  return (compiled) => writeForMailchimp(compiled, { ...shared, language: compiled.language })
}
