import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadEnvFile } from 'node:process'
import { formatSendLimits, parseSendLimits, type SendLimit } from './lib/send-limits.ts'

/**
 * The environment, read once. This is the only file that touches process.env. Every key is optional; `.env.example`
 * is tested against CONFIG_KEYS. A bad value stops the start, with every fault named at once.
 */
export interface Config {
  port: number
  host: string
  publicUrl: string
  dataDir: string
  secretKey: string | undefined
  databaseUrl: string | undefined
  redisUrl: string | undefined
  smtpUrl: string | undefined
  smtpConnections: number
  mailFrom: string
  mailDomain: string
  sendLimits: SendLimit[] | undefined
  inboundSmtpPort: number | undefined
  inboundLmtpPort: number | undefined
  inboundImapUrl: string | undefined
  inboundSecret: string | undefined
  dkim: { privateKey: string; selector: string } | undefined
  mailchimp:
    | { apiKey: string; baseUrl: string | undefined; listId: string | undefined; webhookSecret: string | undefined }
    | undefined
  logLevel: (typeof LOG_LEVELS)[number]
  apiToken: string | undefined
  demoScale: number
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** Every key with its meaning, in the order of `.env.example`. */
export const CONFIG_KEYS = {
  PORT: 'Port of the web service (3000)',
  HOST: 'Address it listens on (127.0.0.1; 0.0.0.0 in a container)',
  PUBLIC_URL: 'How readers reach the service; it stands in links of every message (http://localhost:PORT)',
  DATA_DIR: 'Where the embedded database, the secret and the installation file live (./data)',
  SECRET_KEY: 'Signs tokens, at least 32 characters; old keys may follow, separated by commas (made in DATA_DIR)',
  DATABASE_URL: 'PostgreSQL 14 or newer, postgres://user:password@host/database (embedded)',
  REDIS_URL: 'Redis for the queue, redis://host:6379/0 (queue in PostgreSQL)',
  SMTP_URL: 'Where mail is handed over, smtp://user:password@host:587 or smtps:// (built-in mailbox, nothing leaves)',
  SMTP_CONNECTIONS: 'Connections to it from each worker process (10)',
  MAIL_FROM: 'Sender of every message, Name <address> (Pairpost <programme@MAIL_DOMAIN>)',
  MAIL_DOMAIN: 'Domain of reply, bounce and Message-ID addresses (localhost.example)',
  SEND_LIMITS: 'Exact rolling limits, such as 14/1s,2000/24h; windows s, m, h, d (no limit)',
  INBOUND_SMTP_PORT: 'Port for incoming mail by SMTP (off)',
  INBOUND_LMTP_PORT: 'Port for incoming mail by LMTP, from a mail server on this machine (off)',
  INBOUND_IMAP_URL: 'Mailbox with replies, imaps://user:password@host/INBOX, @ in the user as %40 (off)',
  INBOUND_SECRET: 'Secret that signs posted incoming messages, at least 32 characters (off)',
  DKIM_PRIVATE_KEY: 'PEM text or path of the RSA key that signs mail (unsigned)',
  DKIM_SELECTOR: 'DNS selector of that key',
  MAILCHIMP_API_KEY: 'Key ending in its data centre, such as …-us21 (off)',
  MAILCHIMP_BASE_URL: 'Another address for the Mailchimp API, for tests',
  MAILCHIMP_LIST_ID: 'The audience that is chosen already where one connects it',
  MAILCHIMP_WEBHOOK_SECRET: 'Unguessable part of the webhook address (made of SECRET_KEY)',
  LOG_LEVEL: `${LOG_LEVELS.join(', ')} (info)`,
  DEMO_SCALE: 'Part of the round that the demo uses, such as 0.1 (1)',
  API_TOKEN: "A token with the director's role, at least 20 characters, for scripts and tests (none)",
} as const

/** Every fault of the environment, one sentence each. */
export class BadConfig extends Error {
  readonly faults: string[]
  constructor(faults: string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n  ${faults.join('\n  ')}`,
    )
    this.faults = faults
  }
}

type Environment = Record<string, string | undefined>

/** Reads `.env` (never over a variable that is set) and the environment. @throws BadConfig */
export function readConfig(): Config {
  if (existsSync('.env')) loadEnvFile('.env')
  return parseConfig(process.env)
}

/** @throws BadConfig naming every faulty key */
export function parseConfig(environment: Environment): Config {
  const faults: string[] = []
  const read = reader(environment, faults)

  const port = read.port('PORT') ?? 3000
  const mailDomain =
    read.matching('MAIL_DOMAIN', /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'a domain name') ?? 'localhost.example'
  const selector = read.matching('DKIM_SELECTOR', /^[a-z0-9._-]+$/i, 'a DNS label')
  const privateKey = read.text('DKIM_PRIVATE_KEY')
  if ((selector === undefined) !== (privateKey === undefined)) {
    faults.push('DKIM_PRIVATE_KEY and DKIM_SELECTOR go together: set both or neither.')
  }
  // All four are read before any is used: a fault of one must not hide the faults of the others.
  const mailchimpKey = read.matching(
    'MAILCHIMP_API_KEY',
    /^[^-\s]+-[a-z]+\d+$/i,
    'a key ending in its data centre, such as -us21',
  )
  const mailchimp = {
    baseUrl: read.url('MAILCHIMP_BASE_URL', ['http:', 'https:']),
    listId: read.text('MAILCHIMP_LIST_ID'),
    // It stands in a path: its letters are those that stay as they are there.
    webhookSecret: read.matching(
      'MAILCHIMP_WEBHOOK_SECRET',
      /^[A-Za-z0-9._~-]{20,150}$/,
      '20 to 150 letters, digits and -._~',
    ),
  }

  const config: Config = {
    port,
    host: read.text('HOST') ?? '127.0.0.1',
    publicUrl: (read.url('PUBLIC_URL', ['http:', 'https:']) ?? `http://localhost:${port}`).replace(/\/+$/, ''),
    dataDir: resolve(read.text('DATA_DIR') ?? 'data'),
    secretKey: read.secrets('SECRET_KEY', 32),
    databaseUrl: read.url('DATABASE_URL', ['postgres:', 'postgresql:']),
    redisUrl: read.url('REDIS_URL', ['redis:', 'rediss:']),
    smtpUrl: read.url('SMTP_URL', ['smtp:', 'smtps:']),
    smtpConnections: read.integer('SMTP_CONNECTIONS', 1, 100) ?? 10,
    mailFrom:
      read.matching('MAIL_FROM', /^([^\r\n<>@]*<[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/, 'Name <address>') ??
      `Pairpost <programme@${mailDomain}>`,
    mailDomain,
    sendLimits: read.limits('SEND_LIMITS'),
    inboundSmtpPort: read.port('INBOUND_SMTP_PORT'),
    inboundLmtpPort: read.port('INBOUND_LMTP_PORT'),
    inboundImapUrl: read.url('INBOUND_IMAP_URL', ['imap:', 'imaps:']),
    inboundSecret: read.secret('INBOUND_SECRET', 32),
    dkim: privateKey !== undefined && selector !== undefined ? { privateKey, selector } : undefined,
    mailchimp: mailchimpKey === undefined ? undefined : { apiKey: mailchimpKey, ...mailchimp },
    logLevel: read.oneOf('LOG_LEVEL', LOG_LEVELS) ?? 'info',
    // A token that no Authorization header can carry would never be let in.
    apiToken: read.matching('API_TOKEN', /^[\x21-\x7e]{20,200}$/, '20 to 200 characters without spaces'),
    demoScale: read.fraction('DEMO_SCALE') ?? 1,
  }
  if (faults.length > 0) throw new BadConfig(faults)
  return config
}

/** SEND_LIMITS in its canonical form, or undefined when it is not set: then the limits kept in the database hold. */
export function limitsFromEnvironment(config: Config): string | undefined {
  return config.sendLimits && formatSendLimits(config.sendLimits)
}

function reader(environment: Environment, faults: string[]) {
  type Key = keyof typeof CONFIG_KEYS
  // An empty value counts as not set: compose files and .env templates leave keys empty.
  const text = (key: Key) => environment[key]?.trim() || undefined
  const parsed = <T>(key: Key, parse: (value: string) => T | undefined, wanted: string): T | undefined => {
    const value = text(key)
    if (value === undefined) return undefined
    const result = parse(value)
    if (result === undefined) faults.push(`${key} must be ${wanted}.`)
    return result
  }
  const integer = (key: Key, least: number, most: number) =>
    parsed(
      key,
      (value) =>
        /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most ? Number(value) : undefined,
      `a whole number from ${least} to ${most}`,
    )
  return {
    text,
    integer,
    fraction: (key: Key) =>
      parsed(
        key,
        (value) => (Number(value) > 0 && Number(value) <= 1 ? Number(value) : undefined),
        'a number above 0, at most 1',
      ),
    port: (key: Key) => integer(key, 0, 65_535),
    matching: (key: Key, pattern: RegExp, wanted: string) =>
      parsed(key, (value) => (pattern.test(value) ? value : undefined), wanted),
    oneOf: <T extends string>(key: Key, values: readonly T[]) =>
      parsed(key, (value) => values.find((known) => known === value), `one of ${values.join(', ')}`),
    secret: (key: Key, least: number) =>
      parsed(key, (value) => (value.length >= least ? value : undefined), `at least ${least} characters long`),
    secrets: (key: Key, least: number) =>
      parsed(
        key,
        (value) => (value.split(',').every((part) => part.trim().length >= least) ? value : undefined),
        `at least ${least} characters long, each of them when commas separate several`,
      ),
    url: (key: Key, protocols: string[]) =>
      parsed(
        key,
        (value) =>
          URL.canParse(value) && protocols.includes(new URL(value).protocol) && new URL(value).hostname
            ? value
            : undefined,
        `an address beginning with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
      ),
    limits: (key: Key): SendLimit[] | undefined => {
      const value = text(key)
      if (value === undefined) return undefined
      try {
        return parseSendLimits(value)
      } catch (error) {
        faults.push(`${key}: ${(error as RangeError).message}.`)
        return undefined
      }
    },
  }
}
