import { createHash } from 'node:crypto'
import type { Fate } from '../files.ts'
import type { AnswerPhrases } from './phrases.ts'

/** What comes back from a made-up applicant who is asked to confirm. */
export interface PlannedAnswer {
  /** A machine of theirs speaks first; it settles nothing. */
  machine: 'out_of_office' | 'bounce' | null
  /** How they answer, and what they write in a reply; null: never. */
  by: { way: 'reply'; text: string } | { way: 'link'; answer: 'confirmed' | 'declined' } | null
}

/** Of those who answer, so many in a hundred press a button behind the link; the others reply. */
const LINK_PERCENT = 35
const OUT_OF_OFFICE_PERCENT = 6
/** Of the silent. */
const BOUNCE_PERCENT = 25
const SILENT_OUT_OF_OFFICE_PERCENT = 25

/** The same for the same address, in every run. */
export function planAnswer(address: string, fate: Fate, phrases: AnswerPhrases): PlannedAnswer {
  const dice = diceOf(address)
  if (fate === 'no-conduct') return { machine: null, by: null }
  if (fate === 'silent') {
    const thrown = dice(100)
    if (thrown < BOUNCE_PERCENT) return { machine: 'bounce', by: null }
    return { machine: thrown < BOUNCE_PERCENT + SILENT_OUT_OF_OFFICE_PERCENT ? 'out_of_office' : null, by: null }
  }
  const machine = dice(100) < OUT_OF_OFFICE_PERCENT ? 'out_of_office' : null
  if (dice(100) < LINK_PERCENT)
    return { machine, by: { way: 'link', answer: fate === 'confirm' ? 'confirmed' : 'declined' } }
  const texts = phrases[fate]
  return { machine, by: { way: 'reply', text: texts[dice(texts.length)] ?? '' } }
}

/** Throws made from an address: each below `sides`. */
function diceOf(address: string): (sides: number) => number {
  const octets = createHash('sha256').update(address).digest()
  let at = 0
  return (sides) => {
    const thrown = octets.readUInt32BE(at) % sides
    at += 4
    return thrown
  }
}
