import type { Segment } from './reading.ts'

export type Decision = 'confirm' | 'decline' | 'question' | 'mixed' | 'auto_reply' | 'unsubscribe' | 'empty' | 'other'

export interface Guess {
  decision: Decision
  /** May be carried out without a person looking at it. */
  acts: boolean
  /**
   * 0 to 1: how often a guess reached by this way was right on replies the rules had not been made with. No
   * probability for this one reply.
   */
  confidence: number
  /** Verbatim spans of the text that decided it. */
  words: string[]
  /** Tag of the language it was read in; null when it could be several. */
  language: string | null
  /** One English sentence for staff. */
  because: string
}

/** Makes the guess of one reply in one language. */
export type Say = (
  decision: Decision,
  confidence: number,
  segments: Segment[],
  because: string,
  acts?: boolean,
) => Guess
