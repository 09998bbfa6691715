/**
 * Every job there is. A job carries ids only: the rows are the truth, the queue is a doorbell. Each may run twice
 * harmlessly, and each is rung again by a sweep when the queue has lost it.
 */
export interface JobInputs {
  /** Send what is due, until nothing is or the limits are used up. */
  'send-due': Record<string, never>
  /** Take back what lost workers held, start campaigns whose time has come, ring for what is due. */
  'sweep-deliveries': Record<string, never>
  /**
   * Look whether the links and pictures of a draft lead somewhere. Rung by each save; one that is lost is made good by
   * the next, and looking twice costs nothing: what was looked at lately is left out.
   */
  'check-links': { campaign_id: number }
  /** Run one row of the table jobs (an import, …). */
  'run-long-work': { job_id: number }
  /** Ring again for long work that waits or whose worker was lost. */
  'sweep-long-work': Record<string, never>
  /** Forget idempotency keys after a day. */
  'sweep-idempotency-keys': Record<string, never>
  /** Lift pauses that have ended. */
  'sweep-suppressions': Record<string, never>
  /** Forget uploads that nobody imported within a day. */
  'sweep-imports': Record<string, never>
  /** Forget sessions and sign-in links that have ended. */
  'sweep-sessions': Record<string, never>
  /** Read one incoming message and act on it. */
  'read-incoming': { incoming_id: number }
  /** Ring again for incoming messages that nobody has read. */
  'sweep-incoming': Record<string, never>
  /** Let confirmations lapse whose deadline has passed. */
  'sweep-confirmations': Record<string, never>
  /** Tell who waits that applications are open; forget forms that nobody finished. */
  'sweep-applications': Record<string, never>
  /** Tell clicks of people from those of machines, and count them. */
  'count-hits': Record<string, never>
  /** Make figures anew that are out of date, so that nobody who opens a report waits for it. */
  'refresh-reports': Record<string, never>
  /** Make rounds anonymous whose time has come. */
  'sweep-retention': Record<string, never>
  /** Tell other services what they want to be told, as far as it is due. */
  'send-webhooks': Record<string, never>
  /** Disable endpoints that take nothing for days, and forget what was told long ago. */
  'sweep-webhooks': Record<string, never>
  /** Look at contacts that Mailchimp told us of. */
  'settle-mailchimp-events': Record<string, never>
  /** Mirror what changed to Mailchimp, follow campaigns handed over, pull their reports. */
  'sweep-mailchimp': Record<string, never>
  /** Answer one tile of a question that a large matching run has asked. Rung again by the run while it waits. */
  'score-matching-tile': { run_id: number; cycle: number; tile: number }
}

export type JobName = keyof JobInputs
export type QueueName = 'sending' | 'work' | 'matching'

interface JobRule {
  queue: QueueName
  /**
   * Run so often by each worker process by its own clock, not by the queue: a scheduler that lives in the queue is lost
   * with it, and these are what makes good for a lost queue. Run by several at once they do no harm.
   */
  everySeconds?: number
}

export const JOBS: Record<JobName, JobRule> = {
  'send-due': { queue: 'sending' },
  'sweep-deliveries': { queue: 'work', everySeconds: 2 },
  'check-links': { queue: 'work' },
  'run-long-work': { queue: 'work' },
  'sweep-long-work': { queue: 'work', everySeconds: 10 },
  'sweep-idempotency-keys': { queue: 'work', everySeconds: 3600 },
  'sweep-suppressions': { queue: 'work', everySeconds: 60 },
  'sweep-imports': { queue: 'work', everySeconds: 600 },
  'sweep-sessions': { queue: 'work', everySeconds: 3600 },
  'read-incoming': { queue: 'work' },
  'sweep-incoming': { queue: 'work', everySeconds: 5 },
  'sweep-confirmations': { queue: 'work', everySeconds: 60 },
  'sweep-applications': { queue: 'work', everySeconds: 60 },
  'count-hits': { queue: 'work', everySeconds: 5 },
  'refresh-reports': { queue: 'work', everySeconds: 30 },
  'sweep-retention': { queue: 'work', everySeconds: 3600 },
  'send-webhooks': { queue: 'work', everySeconds: 5 },
  'sweep-webhooks': { queue: 'work', everySeconds: 3600 },
  'settle-mailchimp-events': { queue: 'work' },
  'sweep-mailchimp': { queue: 'work', everySeconds: 30 },
  'score-matching-tile': { queue: 'matching' },
}

/**
 * Jobs of one queue that a worker process runs at the same time. One sender a process: it has its own connections. Two
 * tiles of a matching run, in threads of their own.
 */
export const CONCURRENCY: Record<QueueName, number> = { sending: 1, work: 3, matching: 2 }

export const QUEUES = Object.keys(CONCURRENCY) as QueueName[]

export type Handlers = { [Name in JobName]: (input: JobInputs[Name], signal: AbortSignal) => Promise<void> }

/** Rings a job of the catalog, now or after `delayMs`. A queue that is away is no fault of the caller: a sweep rings again. */
export type Ring = <Name extends JobName>(name: Name, input: JobInputs[Name], delayMs?: number) => Promise<void>
