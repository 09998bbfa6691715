import type { DialogueResult, SmtpSession } from '../../platform/mail/smtp-session.ts'
import { type Clocks, isStale, readClocks } from './clocks.ts'
import { decideOutcome, decideTrial, type Outcome } from './outcome.ts'

/** A server may close after each message; one that closes before each is no use. */
const REOPENINGS = 2

export interface Turn {
  from: string
  to: string
  message: Buffer
  /** Addresses of the partners of an introduction: unless the server would take mail for all of them, nobody gets any. */
  try_first: readonly string[]
  /** Dialogues with this delivery so far, this one among them. */
  tries: number
  /** When leave was asked for. */
  asked: Clocks
}

/**
 * One delivery's turn with the mail server. `result` is what the server had to say, whoever it was about.
 * @param open a session that can be used, or undefined when there is none
 * @param isStillOurs whether the run that has leave is not taken for lost
 */
export async function handOver(
  { open, isStillOurs }: { open(): Promise<SmtpSession | undefined>; isStillOurs(): Promise<boolean> },
  turn: Turn,
): Promise<{ result: DialogueResult; outcome: Outcome }> {
  let { asked } = turn
  let isTried = turn.try_first.length === 0
  let result: DialogueResult = { kind: 'not_begun', words: 'There was no connection.' }
  for (let opened = 0; opened <= REOPENINGS && result.kind === 'not_begun'; opened++) {
    const session = await open()
    if (!session) break
    if (!isTried) {
      const trial = await session.tryRecipients({ from: turn.from, to: turn.try_first })
      if (trial.kind === 'refused') {
        const { address: _, ...said } = trial
        return { result: { ...said, reachedData: false }, outcome: decideTrial(trial, turn.tries) }
      }
      if (trial.kind === 'not_begun') {
        result = trial
        continue
      }
      isTried = true
      // A server that is slow to answer is no process that stood still.
      const now = readClocks()
      if (isStale(asked) && (await isStillOurs())) asked = now
    }
    if (isStale(asked)) {
      result = { kind: 'not_begun', words: 'This process stood still for too long to begin.' }
      break
    }
    result = await session.deliver(turn, turn.message)
  }
  return { result, outcome: decideOutcome(result, turn.tries) }
}
