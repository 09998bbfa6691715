/** What somebody says about their place in a round. Withdrawn: they leave it without having been asked. */
export const SAID = ['confirmed', 'declined', 'withdrawn'] as const
export type Said = (typeof SAID)[number]

const DAY_MS = 86_400_000

/**
 * The moment at which the last day to confirm is over everywhere: noon in UTC of the day after, when it ends on the
 * clocks of UTC−12. @param confirm_by `YYYY-MM-DD`
 */
export function confirmationDeadline(confirm_by: string): Date {
  return new Date(Date.parse(`${confirm_by}T12:00:00Z`) + DAY_MS)
}

/** Whether an answer that is said at a moment counts. A round without a last day has none that is over. */
export function isConfirmationOpen({ confirm_by }: { confirm_by: string | null }, at: Date): boolean {
  return confirm_by === null || at < confirmationDeadline(confirm_by)
}

/** Where an applicant stands, as far as an answer of theirs depends on it. */
export interface Standing {
  state: string
  code_of_conduct_agreed: boolean
  /** The round's last day, `YYYY-MM-DD`. */
  confirm_by: string | null
  /** A request was sent to them or is under way. */
  is_asked: boolean
  /** Their partner knows of them, or is about to. */
  is_introduced: boolean
  /** When the last answer that somebody gave was said; a lapse is nobody's. */
  last_said_at: Date | null
}

/** Why an answer does not count by itself. */
export type Refusal = 'left' | 'waitlisted' | 'not_asked' | 'late' | 'overtaken' | 'introduced' | 'no_code_of_conduct'

export type Verdict = { to: Said; is_change: boolean } | { refused: Refusal }

/**
 * What an applicant's own answer, by reply or by link, does. What was said before the last day was over counts whenever
 * it is read, also after the place has lapsed; what was said first never undoes what was said later. Saying again what
 * stands already is always right and changes nothing. Who declined and confirms again within the time has their place
 * again, also when others have filled their country's share since: they were there first, and the cap decides about who
 * comes, not about who was asked.
 */
export function judgeAnswer(standing: Standing, { answer, said_at }: { answer: Said; said_at: Date }): Verdict {
  const { state, last_said_at } = standing
  if (state === answer) return { to: answer, is_change: false }
  if (state === 'withdrawn' || state === 'removed') return { refused: 'left' }
  if (last_said_at !== null && last_said_at > said_at) return { refused: 'overtaken' }
  if (mayWithdraw(standing)) {
    if (answer === 'withdrawn') return { to: 'withdrawn', is_change: true }
    return { refused: state === 'waitlisted' ? 'waitlisted' : 'not_asked' }
  }
  // Asked while the page was open that offered to leave: not to take part is to decline.
  const to = answer === 'withdrawn' ? 'declined' : answer
  if (state === to) return { to, is_change: false }
  if (standing.is_introduced) return { refused: 'introduced' }
  if (!isConfirmationOpen(standing, said_at)) return { refused: 'late' }
  if (to === 'confirmed' && !standing.code_of_conduct_agreed) return { refused: 'no_code_of_conduct' }
  return { to, is_change: true }
}

/** Who waits, or was not asked yet, has nothing to decline and may leave at any time. */
function mayWithdraw({ state, is_asked }: Standing): boolean {
  return state === 'waitlisted' || (state === 'applied' && !is_asked)
}

/** Why a person has to look at it, in one sentence. */
export function sayRefusal(refused: Refusal, { state, confirm_by }: Pick<Standing, 'state' | 'confirm_by'>): string {
  switch (refused) {
    case 'left':
      return state === 'removed' ? 'They were removed from the programme.' : 'They have left the round.'
    case 'waitlisted':
      return 'They are on the waiting list and were not asked to confirm.'
    case 'not_asked':
      return 'They were not asked to confirm in this round.'
    case 'late':
      return `It came after the last day to confirm, ${confirm_by}.`
    case 'overtaken':
      return 'A later answer of theirs was recorded before this one was read.'
    case 'introduced':
      return 'They have been introduced to their partner already.'
    case 'no_code_of_conduct':
      return 'They did not agree to the code of conduct, and cannot be confirmed.'
  }
}

/** At the hour of the request, so many days later. */
export function reminderTimes(requested_at: Date, days: readonly number[]): { days: number; at: Date }[] {
  return [...new Set(days)]
    .toSorted((a, b) => a - b)
    .map((after) => ({ days: after, at: new Date(requested_at.getTime() + after * DAY_MS) }))
}
