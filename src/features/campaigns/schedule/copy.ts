import { Conflict, InvalidInput } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { type Audience, COPIED_STATES, type CopiedState, type WrittenKind } from '../schema.ts'
import { type Campaign, createCampaign, getCampaign } from '../writing/service.ts'

export interface CopyInput {
  id: number
  /** Only people whose delivery is in one of these states; without it, the same audience. */
  states?: string[] | undefined
  /** Of those who were skipped, only these. */
  skipped_reasons?: string[] | undefined
  written_by: string | null
}

/**
 * Copies a campaign into a new draft: its text in every language, its sender, its fallbacks. With `states` the
 * audience is exactly those people, as far as they may still be mailed when it is scheduled.
 * @throws NotFound, InvalidInput for a state that cannot be sent to again
 */
export async function copyCampaign({ db }: { db: Db }, input: CopyInput): Promise<Campaign> {
  const { states } = input
  const campaign = await getCampaign({ db }, { id: input.id })
  if (campaign.automatic_key !== null)
    throw new Conflict('not_a_campaign', 'Automatic email is not copied: each round has its own.')
  const { round, language, subject, preheader, body_markdown, extras, variants, fallbacks, from_name, channel } =
    campaign
  return createCampaign(
    { db },
    {
      ...{ round, language, subject, preheader, body_markdown, extras, variants, fallbacks, from_name, channel },
      kind: campaign.kind as WrittenKind,
      audience: states === undefined ? campaign.audience : chosenFrom(campaign, { ...input, states }),
      // What is sent again to some of them was published the first time.
      web_copy: states === undefined && campaign.web_copy,
    },
    input.written_by,
  )
}

/** Of the first audience only the states of an application hold: who has left the round since is left out. */
function chosenFrom(campaign: Campaign, input: CopyInput & { states: string[] }): Audience {
  const states = input.states.filter(isCopied)
  if (input.states.includes('uncertain')) {
    throw fault('Whoever is uncertain may have got it. Decide about them first: it arrived, or it is sent again.')
  }
  if (states.length === 0 || states.length < input.states.length) {
    throw fault(`They can be: ${COPIED_STATES.join(', ')}.`)
  }
  const { skipped_reasons } = input
  return {
    ...(campaign.audience.states ? { states: campaign.audience.states } : {}),
    deliveries: { campaign: campaign.id, states, ...(skipped_reasons ? { skipped_reasons } : {}) },
  }
}

const isCopied = (state: string): state is CopiedState => (COPIED_STATES as readonly string[]).includes(state)
const fault = (message: string) => new InvalidInput([{ field: 'states', message }])
