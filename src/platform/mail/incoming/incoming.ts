/** The envelope a message came in, and who we are. Without an envelope (IMAP) `mail_from` is the Return-Path. */
export interface IncomingContext {
  /** Empty for the null return path (RFC 5321 §4.5.5). */
  mail_from: string
  /** The address it was received for, or empty when that is not known. */
  rcpt_to: string
  /** The domain of our Message-IDs and reply addresses. */
  own_domain: string
  /** What we write from. */
  own_addresses: readonly string[]
}

export interface MailAddress {
  name: string
  address: string
}

/** In the order in which they are tested. */
export type IncomingKind =
  | 'own'
  | 'complaint'
  | 'bounce'
  | 'unsubscribe'
  | 'auto_reply'
  | 'reply'
  /** Its parser failed or took too long; only its source can be shown. */
  | 'unreadable'

/** What the header says. Text is decoded, without NUL, and cut to what a column holds. */
export interface Head {
  /** Without angle brackets, as in all lists of Message-IDs here. */
  message_id: string | null
  in_reply_to: string[]
  references: string[]
  from: MailAddress | null
  sender: MailAddress | null
  reply_to: MailAddress | null
  to: MailAddress[]
  cc: MailAddress[]
  subject: string
  date: Date | null
  /** Lower case, without its parameters; null when it is not there. */
  auto_submitted: string | null
  precedence: string | null
  /** Empty for the null return path, null when nobody wrote it down. */
  return_path: string | null
  /** Which of the List- fields are there, in lower case. */
  list_fields: string[]
}

export interface IncomingAttachment {
  filename: string | null
  mime_type: string
  /** Octets once decoded, reckoned from the encoded size: nothing is unpacked. */
  size: number
}

export type ReportAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'

/**
 * hard: the address does not exist · full: the mailbox or the message is too large for now · policy: refused for what
 * was in it or how it was authenticated · blocked: refused for where it came from · soft: may work later · success.
 */
export type ReportClass = 'hard' | 'soft' | 'policy' | 'full' | 'blocked' | 'unknown' | 'success'

export interface ReportRecipient {
  /** Lower case. Null when the report does not tell. */
  address: string | null
  action: ReportAction
  /** RFC 3463, as reported or derived from the words; null when there is none. */
  status: string | null
  /** The other server's words on one line; may be empty. */
  diagnostic: string
  class: ReportClass
  /** Nothing should be sent to this address any more. */
  suppress: boolean
}

/** What came back of the message that the report is about. */
export interface ReturnedMessage {
  message_id: string | null
  to: string | null
  return_path: string | null
  subject: string | null
}

export interface Report {
  type: 'bounce' | 'complaint'
  recipients: ReportRecipient[]
  original: ReturnedMessage | null
  /** RFC 5965 in lower case: abuse, fraud, not-spam, auth-failure …; null for a bounce. */
  feedback_type: string | null
}

export type OwnPurpose = 'reply' | 'bounce' | 'unsubscribe'
export type TokenPlace = 'rcpt_to' | 'to' | 'cc' | 'delivered_to' | 'mail_from' | 'returned' | 'report'

/** Looks like a token of ours. Not verified: lib/tokens.ts does that. */
export interface TokenHint {
  purpose: OwnPurpose
  /** Lower case. */
  token: string
  from: TokenPlace
}

export interface Incoming extends Head {
  kind: IncomingKind
  /** One sentence: which test decided. */
  why: string
  /** What was not read, one sentence each. */
  cuts: string[]
  text: string | undefined
  html: string | undefined
  attachments: IncomingAttachment[]
  report: Report | undefined
  tokens: TokenHint[]
  /** Message-IDs of our form, in lower case, that it refers to: `{delivery id}.{token}@{own domain}`. Not verified. */
  own_message_ids: string[]
  /** RFC 3834 §2: nothing may be sent automatically in answer to it. */
  never_answer: boolean
}
