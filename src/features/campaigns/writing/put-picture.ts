import type { Clock } from '../../../lib/clock.ts'
import type { Db } from '../../../platform/db/open.ts'
import { pictureMarkdown } from '../../pictures/index.ts'
import { parseLanguage, type VariantText } from '../content/index.ts'
import type { VariantInput } from '../schema.ts'
import { CampaignChanged } from './changed.ts'
import { type Campaign, getCampaign, updateCampaign } from './service.ts'

export interface PutPicture {
  id: number
  url: string
  alt: string
  /** At the end of the text, or at the head of the email. */
  place: 'body' | 'head'
  /** Of the text; the campaign's own when there is none in it. */
  language?: string | undefined
  written_by: string
}

const TRIES = 5

/**
 * Puts a picture into a draft without losing what somebody else writes at that moment. A picture that the text has
 * already is not put there again. @throws NotFound, Conflict `campaign_not_editable`
 */
export async function putPicture(deps: { db: Db; clock: Clock }, input: PutPicture): Promise<void> {
  const { id, written_by } = input
  for (let left = TRIES; ; left--) {
    const campaign = await getCampaign(deps, { id })
    const wanted = parseLanguage(input.language ?? '') ?? campaign.language
    const variant = wanted === campaign.language ? undefined : campaign.variants[wanted]
    const part = withPicture(variant ?? campaign, input)
    if (!part) return
    const change = variant ? { variants: { [wanted]: part } } : part
    try {
      await updateCampaign(deps, { id, change, based_on: campaign.version, written_by })
      return
    } catch (error) {
      if (left <= 1 || !(error instanceof CampaignChanged)) throw error
    }
  }
}

function withPicture(text: Campaign | VariantText, { url, alt, place }: PutPicture): VariantInput | undefined {
  if (place === 'head') return { extras: { image: { url, alt } } }
  if (text.body_markdown.includes(`](${url})`)) return undefined
  const body = text.body_markdown.trimEnd()
  return { body_markdown: `${body}${body === '' ? '' : '\n\n'}${pictureMarkdown(alt, url)}\n` }
}
