interface OwnConfig {
  mailDomain: string
  mailFrom: string
}

/** The address that every message is from, in lower case. */
export function programmeAddress({ mailFrom }: Pick<OwnConfig, 'mailFrom'>): string {
  return (/<([^<>]+)>\s*$/.exec(mailFrom)?.[1] ?? mailFrom).trim().toLowerCase()
}

/**
 * Whether mail to this address is for us: everything at MAIL_DOMAIN (reply+token@, bounce+token@, u+token@), what we
 * write from, and postmaster without a domain (RFC 5321 §4.5.1).
 */
export function isOwnAddress(config: OwnConfig, address: string): boolean {
  const given = address.trim().toLowerCase()
  if (given === 'postmaster') return true
  return given.endsWith(`@${config.mailDomain.toLowerCase()}`) || given === programmeAddress(config)
}
