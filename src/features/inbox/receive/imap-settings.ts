export interface MailboxSettings {
  /** Says which mailbox, without its password. */
  name: string
  host: string
  port: number
  /** TLS from the first octet; otherwise STARTTLS where it is offered. */
  secure: boolean
  auth: { user: string; pass: string }
  mailbox: string
}

/** @param url `imaps://user:password@host:port/mailbox`; without a mailbox it is INBOX */
export function parseMailboxUrl(url: string): MailboxSettings {
  const { protocol, hostname, port, username, password, pathname } = new URL(url)
  const secure = protocol === 'imaps:'
  const user = decode(username)
  const mailbox = decode(pathname.replace(/^\//, '')) || 'INBOX'
  const host = hostname.replace(/^\[|\]$/g, '')
  return {
    name: `${user} at ${host}, ${mailbox}`,
    ...{ host, secure, mailbox, port: Number(port) || (secure ? 993 : 143) },
    auth: { user, pass: decode(password) },
  }
}

/** A percent sign that begins no code stands for itself, as in a password that nobody encoded. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
