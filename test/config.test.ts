import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { type BadConfig, CONFIG_KEYS, parseConfig } from '../src/config.ts'

const EXAMPLE_HEAD = `# Every setting of Pairpost. All are optional: in brackets is what holds when a key is empty or left out.
# Copy to .env and fill in what you need; a variable of the environment goes before this file.
`

test('.env.example names every key once, with its meaning, and sets none', async () => {
  const lines = Object.entries(CONFIG_KEYS).map(([key, meaning]) => `\n# ${meaning}\n${key}=\n`)
  // After a change of CONFIG_KEYS: npx vitest run test/config.test.ts --update
  await expect(EXAMPLE_HEAD + lines.join('')).toMatchFileSnapshot('../.env.example')
})

test('nothing needs to be set', () => {
  expect(parseConfig({})).toEqual({
    port: 3000,
    host: '127.0.0.1',
    publicUrl: 'http://localhost:3000',
    dataDir: resolve('data'),
    secretKey: undefined,
    databaseUrl: undefined,
    redisUrl: undefined,
    smtpUrl: undefined,
    smtpConnections: 10,
    mailFrom: 'Pairpost <programme@localhost.example>',
    mailDomain: 'localhost.example',
    sendLimits: undefined,
    inboundSmtpPort: undefined,
    inboundLmtpPort: undefined,
    inboundImapUrl: undefined,
    inboundSecret: undefined,
    dkim: undefined,
    mailchimp: undefined,
    logLevel: 'info',
    apiToken: undefined,
    demoScale: 1,
  })
})

test('an empty value, or one of spaces, is as good as none', () => {
  const empty = Object.fromEntries(Object.keys(CONFIG_KEYS).map((key, at) => [key, at % 2 === 0 ? '' : '  ']))
  expect(parseConfig(empty)).toEqual(parseConfig({}))
})

test('what stands in one key is the default of another', () => {
  const config = parseConfig({
    PORT: '8080',
    MAIL_DOMAIN: 'mail.iln.example',
    PUBLIC_URL: 'https://iln.example/post//',
  })
  expect(config.mailFrom).toBe('Pairpost <programme@mail.iln.example>')
  expect(config.publicUrl).toBe('https://iln.example/post')
  expect(parseConfig({ PORT: '8080' }).publicUrl).toBe('http://localhost:8080')
})

const BAD: Record<string, string> = {
  PORT: '65536',
  PUBLIC_URL: 'iln.example',
  SECRET_KEY: 'long enough to sign tokens with, yes,short',
  DATABASE_URL: 'mysql://localhost/pairpost',
  REDIS_URL: 'localhost:6379',
  SMTP_URL: 'smtp.example.org:587',
  SMTP_CONNECTIONS: '0',
  MAIL_FROM: 'Directors <directors@iln.example',
  MAIL_DOMAIN: 'iln',
  SEND_LIMITS: '14/1s,2000/day',
  INBOUND_SMTP_PORT: '25a',
  INBOUND_LMTP_PORT: '70000',
  INBOUND_IMAP_URL: 'https://imap.example.org',
  INBOUND_SECRET: 'short',
  DKIM_SELECTOR: 'not a label',
  MAILCHIMP_API_KEY: 'no data centre',
  MAILCHIMP_BASE_URL: 'localhost',
  MAILCHIMP_WEBHOOK_SECRET: 'short',
  LOG_LEVEL: 'loud',
  API_TOKEN: 'a token with spaces in it',
}

test('every bad value is named at once, each in a sentence', () => {
  const faults = faultsOf(BAD)
  expect(faults).toHaveLength(Object.keys(BAD).length)
  for (const key of Object.keys(BAD)) expect(faults.filter((fault) => fault.startsWith(key))).toHaveLength(1)
  for (const fault of faults) expect(fault).toMatch(/\.$/)
})

test('no fault repeats the value: it may be a secret', () => {
  const said = faultsOf({ ...BAD, API_TOKEN: 'hush hush hush hush hush', SMTP_URL: 'http://me:hush@mail' }).join('\n')
  expect(said).not.toContain('hush')
})

test.each([
  ['PORT', '-1'],
  ['PORT', '80.5'],
  ['PORT', '0x50'],
  ['PUBLIC_URL', 'ftp://iln.example'],
  ['SMTP_URL', 'smtp://'],
  ['MAIL_FROM', 'Directors\r\nBcc: x@y.example <a@b.example>'],
  ['MAIL_FROM', 'Directors'],
  ['MAIL_DOMAIN', 'iln.example/x'],
  ['SEND_LIMITS', '0/1s'],
  ['SEND_LIMITS', '10/32d'],
  ['API_TOKEN', 'x'.repeat(201)],
  ['SECRET_KEY', 'x'.repeat(31)],
])('%s=%j stops the start', (key, value) => {
  expect(faultsOf({ [key]: value })).toHaveLength(1)
})

test.each([{ DKIM_SELECTOR: 'mail' }, { DKIM_PRIVATE_KEY: '/etc/dkim.pem' }])(
  'half of a DKIM setting is a fault: %j',
  (environment) => {
    expect(faultsOf(environment)).toEqual(['DKIM_PRIVATE_KEY and DKIM_SELECTOR go together: set both or neither.'])
  },
)

test('good values of every kind are taken', () => {
  const config = parseConfig({
    PORT: '0',
    MAIL_FROM: 'directors@iln.example',
    SEND_LIMITS: '2000/24h, 14/1s',
    SMTP_URL: 'smtps://user:p%40ss@smtp.example.org',
    DKIM_SELECTOR: 's1._domain',
    DKIM_PRIVATE_KEY: '/etc/dkim.pem',
    MAILCHIMP_API_KEY: '0123456789abcdef-us21',
    SECRET_KEY: `${'n'.repeat(32)}, ${'o'.repeat(32)}`,
  })
  expect(config.sendLimits).toEqual([
    { count: 14, seconds: 1 },
    { count: 2000, seconds: 86_400 },
  ])
  expect(config.dkim).toEqual({ privateKey: '/etc/dkim.pem', selector: 's1._domain' })
  expect(config.mailchimp?.apiKey).toBe('0123456789abcdef-us21')
})

function faultsOf(environment: Record<string, string>): string[] {
  try {
    parseConfig(environment)
    return []
  } catch (error) {
    return (error as BadConfig).faults
  }
}
