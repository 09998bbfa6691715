import type { Campaign } from '../../features/campaigns/index.ts'
import { directionOf, nameLanguage } from '../../lib/languages.ts'
import { CAMPAIGN_STATES, KINDS, subjectOf } from '../campaigns/wording.ts'
import { presentTime } from '../present/time.ts'
import { textIn } from './form.ts'
import { languagesOf } from './present.ts'
import { type PreviewChoice, previewSrc, writeHref } from './query.ts'

/** View model of write/frozen: a text that can only be read. */
export function presentFrozen(
  campaign: Campaign,
  view: {
    language: string
    choice: PreviewChoice
    may_write: boolean
    zone: string
    typed: { subject: string; body_markdown: string } | undefined
  },
) {
  const { id, state, send_at, frozen_at, automatic_key } = campaign
  const { language, typed } = view
  const { subject, preheader, body_markdown } = textIn(campaign, language)
  const isFrozen = automatic_key === null && (frozen_at !== null || state !== 'draft')
  return {
    id,
    title: subjectOf(campaign.subject),
    kind: KINDS[campaign.kind] ?? campaign.kind,
    round: campaign.round,
    state: automatic_key === null ? (CAMPAIGN_STATES[state]?.text ?? state) : switchOf(campaign),
    is_frozen: isFrozen,
    may_write: view.may_write,
    when: send_at ? presentTime(send_at, view.zone) : { iso: '', text: '' },
    ...{ language, subject, preheader, body_markdown },
    direction: directionOf(language),
    languages: languagesOf(campaign).map((tag) => ({
      name: nameLanguage(tag),
      lang: tag,
      href: writeHref(id, tag),
      current: tag === language,
    })),
    typed: typed ?? null,
    src: previewSrc(id, language, view.choice),
    report_href: `/console/campaigns/${id}/report`,
    history_href: `/console/campaigns/${id}/history`,
  }
}

const switchOf = ({ switched_off_at }: Campaign) => (switched_off_at === null ? 'switched on' : 'switched off')
