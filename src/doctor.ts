import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, limitsFromEnvironment } from './config.ts'
import { type Deps, openDeps } from './deps.ts'
import { findSender, measureSender } from './features/deliveries/index.ts'
import { findMailboxFault, listMailboxTroubles } from './features/inbox/index.ts'
import { wordsOf } from './lib/errors.ts'
import { openInstallation } from './platform/installation.ts'
import { openSession, type SmtpTimeouts } from './platform/mail/smtp-session.ts'
import { checkMailchimp, openMailchimp } from './platform/mailchimp/index.ts'
import { readSigner } from './signer.ts'

type Say = (good: boolean, line: string) => void

const SMTP_TIMEOUTS: SmtpTimeouts = { connectMs: 10_000, greetingMs: 10_000, replyMs: 10_000 }

/** Says in words what is configured and what would fail. Mails nobody. Returns whether all is well. */
export async function runDoctor(
  config: Config,
  { print = console.log, timeouts = SMTP_TIMEOUTS }: { print?: (line: string) => void; timeouts?: SmtpTimeouts } = {},
): Promise<boolean> {
  let well = true
  const say: Say = (good, line) => {
    if (!good) well = false
    print(`${good ? '✓' : '✗'} ${line}`)
  }
  say(true, `Configuration: no faults. Data in ${config.dataDir}.`)
  await checkServices(config, say)
  await checkSmtp(config, say, timeouts)
  await checkDkim(config, say)
  await checkIncoming(config, say)
  if (!config.secretKey)
    say(true, `Secret key: kept in ${config.dataDir}/secret.key. Back it up: links in mail break without it.`)
  if (config.publicUrl.includes('localhost') && config.smtpUrl) {
    say(false, `PUBLIC_URL is ${config.publicUrl}, yet mail leaves this machine: readers could not open their links.`)
  }
  return well
}

async function checkServices(config: Config, say: Say): Promise<void> {
  if (!config.databaseUrl && !existsSync(join(config.dataDir, 'postgres'))) {
    if (config.mailchimp) say(true, 'Mailchimp: looked at once the first start has made the database.')
    return say(true, 'Database: an embedded PostgreSQL, which the first start makes.')
  }
  let deps: Deps
  try {
    deps = await openDeps({ ...config, logLevel: 'silent' })
  } catch (error) {
    return say(false, `Database: ${wordsOf(error)}`)
  }
  try {
    say(
      true,
      config.databaseUrl
        ? `Database: ${hostOf(config.databaseUrl)} answers, nothing to migrate.`
        : 'Database: embedded PostgreSQL.',
    )
    await checkQueue(deps, say)
    await checkFence(deps, say)
    await checkSending(deps, say)
    await checkAudience(deps, say)
    for (const { trouble_words } of await listMailboxTroubles(deps.db)) say(false, `Incoming mail: ${trouble_words}`)
  } finally {
    await deps.close()
  }
}

async function checkQueue(deps: Deps, say: Say): Promise<void> {
  const where = deps.config.redisUrl ? `Redis at ${hostOf(deps.config.redisUrl)}` : 'the database'
  try {
    await deps.queue.ping()
    say(true, `Queue: in ${where}.`)
  } catch (error) {
    say(false, `Queue: ${where} does not answer (${wordsOf(error)}).`)
  }
}

async function checkFence(deps: Deps, say: Say): Promise<void> {
  try {
    await openInstallation({ db: deps.db, dataDir: deps.config.dataDir }).assertMaySend()
    say(true, 'Fence: this is the database that this machine sends from.')
  } catch (error) {
    say(false, `Fence: ${wordsOf(error)}`)
  }
}

async function checkSending(deps: Deps, say: Say): Promise<void> {
  const sender = await findSender(deps.db)
  const { trouble, closed, stopped_domains } = await measureSender(deps.db)
  say(
    true,
    `Limits: ${sender?.limits || limitsFromEnvironment(deps.config) || 'none. Set SEND_LIMITS to what your provider allows.'}`,
  )
  if (trouble) say(false, `Sending: in trouble since ${trouble.since.toISOString()}: ${trouble.words}`)
  if (closed)
    say(false, `Sending: the provider has closed the account until ${closed.until.toISOString()}: ${closed.words}`)
  for (const { domain, words } of stopped_domains) say(false, `Sending: ${domain} refuses us: ${words}`)
}

/** Nothing without a key. The account's connections are shared by way of the database. */
async function checkAudience({ config, db, log }: Deps, say: Say): Promise<void> {
  if (!config.mailchimp) return
  const { baseUrl, listId } = config.mailchimp
  try {
    const mailchimp = openMailchimp({ db, log }, config.mailchimp, { tries: 2, timeoutMs: 15_000 })
    const audience = await db
      .selectFrom('mailchimp_audience')
      .select(['list_id', 'fields', 'webhook_id', 'begun_at'])
      .executeTakeFirst()
    const findings = await checkMailchimp(mailchimp, {
      list_id: audience?.list_id ?? listId,
      fields: audience?.fields as Record<string, string> | undefined,
      webhook_id: audience?.webhook_id,
      publicUrl: config.publicUrl,
      isTest: baseUrl !== undefined,
    })
    for (const { good, words } of findings) say(good, `Mailchimp: ${words}`)
    if (audience?.begun_at === null)
      say(true, 'Mailchimp: no people are written there before the first sync. Begin it under Settings, Mailchimp.')
  } catch (error) {
    say(false, `Mailchimp: ${wordsOf(error)}`)
  }
}

async function checkSmtp(config: Config, say: Say, timeouts: SmtpTimeouts): Promise<void> {
  if (!config.smtpUrl) return say(true, 'Mail: no SMTP_URL, so messages stay in the built-in mailbox.')
  try {
    const session = await openSession(config.smtpUrl, config.mailDomain, timeouts)
    session.close()
    say(true, `Mail: ${hostOf(config.smtpUrl)} takes us. Messages come from ${config.mailFrom}.`)
  } catch (error) {
    say(false, `Mail: ${wordsOf(error)}`)
  }
}

async function checkDkim(config: Config, say: Say): Promise<void> {
  if (!config.dkim) return say(true, 'DKIM: we do not sign; most providers do it for us.')
  try {
    await readSigner(config)
    say(true, `DKIM: signing as ${config.dkim.selector}._domainkey.${config.mailDomain}.`)
  } catch (error) {
    say(false, `DKIM: ${wordsOf(error)}`)
  }
}

async function checkIncoming(config: Config, say: Say): Promise<void> {
  const { inboundSmtpPort, inboundLmtpPort, inboundImapUrl, inboundSecret } = config
  const ways = [
    inboundSmtpPort === undefined ? [] : `SMTP on port ${inboundSmtpPort}`,
    inboundLmtpPort === undefined ? [] : `LMTP on port ${inboundLmtpPort}`,
    inboundImapUrl === undefined ? [] : `the mailbox at ${hostOf(inboundImapUrl)}`,
    inboundSecret === undefined ? [] : 'signed posts to /api/v1/inbound',
  ].flat()
  if (ways.length > 0) say(true, `Incoming mail: by ${ways.join(', ')}, for ${config.mailDomain}.`)
  else if (config.smtpUrl)
    say(true, 'Incoming mail: none (INBOUND_… says where from), so replies and bounces are not read here.')
  else say(true, 'Incoming mail: replies that are typed in the built-in mailbox.')
  if (inboundImapUrl === undefined) return
  const fault = await findMailboxFault(inboundImapUrl)
  if (fault) say(false, `Incoming mail: ${fault}`)
}

/** Host and port, never the password. */
function hostOf(url: string): string {
  const { host } = new URL(url)
  return host
}
