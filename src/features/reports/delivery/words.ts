import type { Failed } from './reason-queries.ts'

const SKIPPED: Record<string, string> = {
  state_changed: 'left the round, or the email was not for them any more',
  no_address: 'no address',
  no_code_of_conduct: 'did not agree to the code of conduct',
  unsubscribed: 'asked us to stop these emails',
  hard_bounce: 'mail to the address had come back for good',
  complaint: 'had reported our mail as unwanted',
  paused: 'asked for a pause',
  removed: 'was removed from the programme',
  suppressed: 'stopped by staff',
  partner_unreachable: 'the partner cannot be reached by email',
  partnership_ended: 'the partnership had ended',
  erased: 'was erased',
  not_in_mailchimp: 'not subscribed in Mailchimp, or it did not mail them',
}

const STANDING: Record<string, string> = {
  unsubscribed: 'Asked us to stop',
  hard_bounce: 'Mail to the address came back for good',
  complaint: 'Reported our mail as unwanted',
  paused: 'Asked for a pause',
  removed: 'Removed from the programme',
  manual: 'Stopped by staff',
}

const SCOPES: Record<string, string> = {
  all: 'every email',
  campaigns: 'topics and announcements',
  news: 'news only',
}

const CLASSES: Record<string, string> = {
  hard: 'the address does not exist',
  soft: 'trouble that may pass',
  full: 'the mailbox is full',
  policy: 'refused for its content or its sender',
  blocked: 'the sender is blocked',
}

/** Such as "Bounced (5.1.1), the address does not exist". @param detail the status, or the scope of what stands */
export function nameReason(failed: Failed | 'suppressed', reason: string, detail: string): string {
  const status = detail === '' ? '' : ` (${detail})`
  switch (failed) {
    case 'skipped':
      return `Skipped, ${SKIPPED[reason] ?? plain(reason)}`
    case 'rejected':
      return `Rejected${status}`
    case 'bounced':
      return `Bounced${status}, ${CLASSES[reason] ?? 'for a reason that it does not tell'}`
    case 'suppressed':
      return `${STANDING[reason] ?? plain(reason)}: ${SCOPES[detail] ?? plain(detail)}`
  }
}

const plain = (code: string) => code.replaceAll('_', ' ')
