import type { Account, Campaign } from './account.ts'
import { type Answer, badRequest, bodyOf, done, invalid, textsIn } from './answers.ts'
import { checklistOf, isDraft, withCampaign } from './campaigns.ts'

const QUARTER = 15 * 60_000

/** Why it cannot leave; undefined when it can. */
function unready(account: Account, campaign: Campaign): Answer | undefined {
  if (!isDraft(campaign)) return badRequest('This campaign has been sent or is scheduled already.')
  const against = checklistOf(account, campaign).find(({ type }) => type === 'error')
  return against && badRequest(`Your Campaign is not ready to send: ${against.details}`)
}

/** On quarters of an hour, and in the future. */
export const schedule = withCampaign((call, campaign) => {
  const { schedule_time } = bodyOf(call)
  const at = new Date(String(schedule_time))
  if (Number.isNaN(at.getTime())) return invalid('schedule_time', 'This value is not a valid datetime.')
  const fault = unready(call.account, campaign)
  if (fault) return fault
  if (at.getTime() % QUARTER !== 0)
    return invalid('schedule_time', 'Campaigns may only be scheduled to send on the quarter-hour (:00, :15, :30, :45).')
  if (at <= call.account.clock.now()) return invalid('schedule_time', 'The schedule time must be in the future.')
  campaign.status = 'schedule'
  campaign.send_time = at
  return done
})

export const unschedule = withCampaign((_call, campaign) => {
  if (campaign.status !== 'schedule') return badRequest('This campaign is not scheduled.')
  campaign.status = 'save'
  campaign.send_time = undefined
  return done
})

export const send = withCampaign((call, campaign) => {
  const fault = unready(call.account, campaign)
  if (fault) return fault
  campaign.status = 'sending'
  campaign.send_time = call.account.clock.now()
  return done
})

export const cancelSend = withCampaign((_call, campaign) => {
  if (campaign.status !== 'sending') return badRequest('Only a campaign that is being sent can be cancelled.')
  campaign.status = 'canceled'
  return done
})

/** Only campaigns of feeds can be paused, and those are not made here. */
export const pause = withCampaign(() => badRequest('Only RSS-Driven campaigns can be paused or resumed.'))

export const test = withCampaign((call, campaign) => {
  const addresses = textsIn(bodyOf(call).test_emails)
  if (addresses.length === 0) return invalid('test_emails', 'This value should not be blank.')
  if (!campaign.html && !campaign.plain_text) return badRequest("Your email isn't designed yet.")
  call.account.tests.push(...addresses)
  return done
})
