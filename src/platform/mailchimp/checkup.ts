import { Upstream, wordsOf } from '../../lib/errors.ts'
import { isFault } from './faults.ts'
import type { Mailchimp } from './shapes.ts'

export interface Finding {
  good: boolean
  /** A sentence. */
  words: string
}

/** What is to be looked at beside the key. */
export interface Checked {
  /** The audience that is connected, or is to be. */
  list_id: string | undefined
  /** Our field → its merge tag there; undefined when no audience is connected. */
  fields: Record<string, string> | undefined
  /** Where it tells us what happens there; undefined when it does not. */
  webhook_id: string | null | undefined
  /** Where we are found. */
  publicUrl: string
  /** The account is one for tests, on this machine. */
  isTest: boolean
}

/** Looks at an account: the key, the audience, its fields, and whether it can tell us anything. Writes nothing. */
export async function checkMailchimp(mailchimp: Mailchimp, checked: Checked): Promise<Finding[]> {
  const findings: Finding[] = []
  const say: Say = (good, words) => {
    findings.push({ good, words })
  }
  try {
    const { account_name } = await mailchimp.readAccount()
    say(true, `the key opens the account "${account_name}".`)
    if (checked.list_id === undefined) {
      say(true, 'no audience is connected. Choose one under Settings, Mailchimp.')
      return findings
    }
    await checkAudience(mailchimp, checked.list_id, checked, say)
  } catch (error) {
    if (!(error instanceof Upstream)) throw error
    say(false, wordsOf(error))
    return findings
  }
  checkReach(checked, say)
  return findings
}

type Say = (good: boolean, words: string) => void

async function checkAudience(mailchimp: Mailchimp, list_id: string, checked: Checked, say: Say): Promise<void> {
  try {
    const { name, member_count } = await mailchimp.getList(list_id)
    const known = checked.fields
      ? 'is connected'
      : 'is named by MAILCHIMP_LIST_ID; connect it under Settings, Mailchimp'
    say(true, `the audience "${name}" (${member_count} subscribed) ${known}.`)
  } catch (error) {
    if (!isFault(error, 'mailchimp_missing')) throw error
    say(
      false,
      `there is no audience ${list_id} in this account. Was it deleted, or is the key one of another account? Set MAILCHIMP_LIST_ID, or connect another under Settings, Mailchimp.`,
    )
    return
  }
  if (!checked.fields) return
  const there = new Map((await mailchimp.listMergeFields(list_id)).map(({ tag, type }) => [tag, type]))
  for (const [field, tag] of Object.entries(checked.fields)) {
    const type = there.get(tag)
    if (type === undefined) say(true, `the field ${tag} (${field}) is not there yet; the next sync makes it.`)
    else if (type !== 'text') {
      say(false, `the field ${tag} (${field}) holds a ${type} and no text. Map another under Settings, Mailchimp.`)
    }
  }
  if (checked.webhook_id) {
    const webhooks = await mailchimp.listWebhooks(list_id)
    if (!webhooks.some(({ id }) => id === checked.webhook_id)) {
      say(false, 'its webhook was removed there, so it no longer tells us anything. Disconnect and connect it again.')
    }
  }
}

function checkReach({ publicUrl, isTest }: Checked, say: Say): void {
  const isReached = isTest || !isPrivate(new URL(publicUrl).hostname)
  if (isReached) say(true, `it can tell us what happens there at ${publicUrl}.`)
  else
    say(
      false,
      `it cannot reach ${publicUrl}, so whoever unsubscribes there is known here only after the next reading. Set PUBLIC_URL to an address that the internet can reach.`,
    )
}

/** Names and addresses that mean something on this machine or network only. */
function isPrivate(host: string): boolean {
  return (
    /^(localhost|.*\.(localhost|local|internal|lan)|\[(::1|f[cd].*|fe80.*)\])$/i.test(host) ||
    /^(127|10|0|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\./.test(host)
  )
}
