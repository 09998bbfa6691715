import { setTimeout } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Db } from '../db/open.ts'
import type { Account } from './account.ts'
import { batchCalls } from './batches.ts'
import { campaignCalls } from './campaigns.ts'
import { openClient } from './client.ts'
import { listCalls } from './lists.ts'
import { memberCalls, memberOperations } from './members.ts'
import { reportCalls } from './reports.ts'
import type { Mailchimp } from './shapes.ts'
import { tagCalls, tagOperations } from './tags.ts'
import { webhookCalls } from './webhooks.ts'

export interface MailchimpOptions {
  /** Of one call, its connection included; 120,000, as Mailchimp's own. */
  timeoutMs?: number
  /** How long a connection counts as in use when its process was killed; half a minute longer than a call. */
  slotMs?: number
  /** Of fetching the results of one batch, whoever reads them included; 15 minutes. */
  resultsTimeoutMs?: number
  /** Tries of a call that may be repeated; 5. */
  tries?: number
  /** Octets of one answer; 64 MB. */
  longestAnswer?: number
  /** Waits before the next try; tests do not wait. */
  wait?: (ms: number) => Promise<void>
  random?: () => number
}

/** Opens an account. Nothing is asked before the first call. @throws Upstream when the key names no data centre */
export function openMailchimp(
  deps: { db: Db; log: Logger },
  account: Account,
  options: MailchimpOptions = {},
): Mailchimp {
  const timeoutMs = options.timeoutMs ?? 120_000
  const { vendor, calls } = openClient(deps, account, {
    timeoutMs,
    slotMs: options.slotMs ?? timeoutMs + 30_000,
    longestAnswer: options.longestAnswer ?? 64 * 1024 ** 2,
    tries: options.tries ?? 5,
    wait: options.wait ?? ((ms) => setTimeout(ms)),
    random: options.random ?? Math.random,
  })
  const results = { mayBePlain: account.baseUrl !== undefined, timeoutMs: options.resultsTimeoutMs ?? 15 * 60_000 }
  return {
    calls,
    ...listCalls(vendor),
    ...memberCalls(vendor),
    ...tagCalls(vendor),
    ...batchCalls(vendor, results),
    ...webhookCalls(vendor),
    ...campaignCalls(vendor),
    ...reportCalls(vendor),
    operations: { ...memberOperations, ...tagOperations },
  }
}
