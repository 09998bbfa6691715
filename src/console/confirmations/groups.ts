import type { ConfirmationGroup } from '../../features/confirmations/index.ts'

/** The words of the figures of a round's confirmation, in the order in which they are shown. */
export const GROUP_WORDS: Record<ConfirmationGroup, { name: string; means: string }> = {
  asked: { name: 'Asked', means: 'A request to confirm was sent to them, or is under way.' },
  confirmed: { name: 'Confirmed', means: 'They take part.' },
  declined: { name: 'Declined', means: 'They said that they do not take part.' },
  silent: { name: 'Silent', means: 'They were asked and have not answered.' },
  bounced: { name: 'Bounced', means: 'Our mail came back or was rejected, and they have not answered.' },
  in_inbox: { name: 'Waiting in the Inbox', means: 'A reply of theirs waits for a person.' },
  lapsed: { name: 'Lapsed', means: 'The last day passed without an answer.' },
  to_ask: { name: 'Not asked yet', means: 'They applied, agreed to the code of conduct, and nobody has asked them.' },
  without_conduct: {
    name: 'Without the code of conduct',
    means: 'They did not agree to it: they are not asked, and cannot be confirmed.',
  },
}

export const SHOWN_GROUPS = Object.keys(GROUP_WORDS) as ConfirmationGroup[]

export function isGroup(word: string | undefined): word is ConfirmationGroup {
  return word !== undefined && Object.hasOwn(GROUP_WORDS, word)
}
