import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../../lib/clock.ts'
import { Upstream } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import type { Mailchimp } from '../../../platform/mailchimp/shapes.ts'
import type { AudienceRow } from '../connection/audience-queries.ts'
import { type MailchimpDeps, mailchimpOf } from '../deps.ts'
import { sameTag } from './fields.ts'
import type { StillAlone } from './lock.ts'
import { assertMergeFields, ensureMergeFields } from './merge-fields.ts'
import { openReader, type Reader } from './note.ts'

/** What became of people, by kind; of a dry run what would. */
export interface Tally {
  new: number
  changed: number
  tagged: number
  archived: number
  deleted: number
  clashes: number
  taken: number
  /** People who left there or were cleaned: no longer mailed here. */
  stopped: number
  /** Still out of step at the end. */
  drift: number
}

/** One sync, or the writing for some people, while it goes on. */
export interface SyncRun {
  db: Db
  clock: Clock
  mailchimp: Mailchimp
  audience: AudienceRow
  began_at: Date
  reader: Reader
  signal: AbortSignal | undefined
  /** Before each page. @throws the signal's reason, Upstream `mailchimp_sync_lost` when another may be at it now */
  check(): Promise<void>
  tally: Tally
  /** Before the first write: merge fields are as they must be. One call, once. */
  prepare(): Promise<void>
  /** Of a dry run: merge fields that are there are as they must be, and none is made. */
  assertFields(): Promise<unknown>
  /** Tags there by `sameTag` of their names. One call, once; what is made is added. */
  readTags(): Promise<Map<string, number>>
  /** Between two looks at a batch. */
  pause(looks: number): Promise<void>
}

export interface RunOptions {
  stillAlone: StillAlone
  signal?: AbortSignal | undefined
  /** Before the second look at a batch; it grows to ten times that. 1,000. */
  pollMs?: number | undefined
}

const POLL_MS = 1000

/** @throws Conflict `mailchimp_off`, `mailchimp_not_connected` */
export async function openRun(
  deps: Pick<MailchimpDeps, 'db' | 'clock' | 'mailchimp'>,
  audience: AudienceRow,
  { stillAlone, signal, pollMs = POLL_MS }: RunOptions,
): Promise<SyncRun> {
  const { db, clock } = deps
  const mailchimp = mailchimpOf(deps)
  const { list_id, fields } = audience
  return {
    ...{ db, clock, mailchimp, audience, signal, began_at: clock.now() },
    check: async () => {
      signal?.throwIfAborted()
      if (await stillAlone()) return
      const words = 'The connection to the database was lost while the audience was being synced. It is synced again.'
      throw new Upstream('mailchimp_sync_lost', words, { retryable: true })
    },
    reader: await openReader(db),
    tally: { new: 0, changed: 0, tagged: 0, archived: 0, deleted: 0, clashes: 0, taken: 0, stopped: 0, drift: 0 },
    prepare: once(() => ensureMergeFields(mailchimp, list_id, fields)),
    assertFields: () => assertMergeFields(mailchimp, list_id, fields),
    readTags: once(async () => new Map((await mailchimp.listTags(list_id)).map(({ name, id }) => [sameTag(name), id]))),
    pause: (looks) => delay(Math.min(looks, 10) * pollMs, undefined, signal ? { signal } : {}),
  }
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => {
    made ??= make()
    return made
  }
}
