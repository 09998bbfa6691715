import type { ReportRecipient } from '../../../platform/mail/incoming/index.ts'

/** How providers say that it is the account, not the reader, that may have no more today. Each is one of theirs. */
const WORDS =
  /(daily|hourly) (user )?(sending|message|e?-?mail) (quota|limit)|reached (a|the|your) (\w+ )?limit for sending|sending (limit|quota) (has been |was |is )?(reached|exceeded)|exceeded (the|your|its) (\w+ )?(sending|outbound|outgoing|relay) (limit|quota|rate)|tenant has exceeded threshold|exceeded (the )?(recipient|message) rate limit/i

/**
 * Whether a report says that our own provider will hand nothing more over for now (mail.md, 4): X.4.5 is what Gmail
 * answers at its daily limit; others say it in words only.
 */
export function isProviderLimit({ status, diagnostic }: Pick<ReportRecipient, 'status' | 'diagnostic'>): boolean {
  return /^[45]\.4\.5$/.test(status ?? '') || WORDS.test(diagnostic)
}
