/** What a partner may tell of their partnership. */
export const ANSWERS = ['in_touch', 'no_answer', 'not_written', 'wants_new_partner', 'must_stop'] as const
export type CheckInAnswer = (typeof ANSWERS)[number]
