import { ImapFlow } from 'imapflow'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  findMailboxFault,
  listMailboxTroubles,
  openReceivers,
  readIncomingJob,
} from '../../../src/features/inbox/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/ports.ts'
import { isMissing } from '../../support/programs.ts'
import { startDovecot } from './dovecot.ts'
import { openInbox, readDeps, write } from './stage.ts'

const NOWHERE = 9

describe.skipIf(isMissing('dovecot'))('a mailbox at a real IMAP server (dovecot)', () => {
  async function openMailbox() {
    const dovecot = await startDovecot(NOWHERE)
    const deps = await openTestDeps({ INBOUND_IMAP_URL: dovecot.url('programme') })
    const watch = async () => {
      const receivers = await openReceivers({ ...deps, ring: async () => undefined })
      onTestFinished(() => receivers.close())
      return receivers
    }
    const rows = () => deps.db.selectFrom('incoming_messages').selectAll().orderBy('id').execute()
    const come = (count: number) =>
      eventually(`${count} have come`, async () => ((await rows()).length >= count ? rows() : undefined), 20)
    return { dovecot, deps, watch, rows, come }
  }

  /** What lies in the mailbox, as somebody else sees it. */
  async function look(url: string) {
    const { hostname, port } = new URL(url)
    const client = new ImapFlow({
      host: hostname,
      port: Number(port),
      secure: false,
      auth: { user: 'programme', pass: 'secret' },
      logger: false,
    })
    await client.connect()
    const { uidValidity } = await client.mailboxOpen('INBOX', { readOnly: true })
    const messages: { uid: number; seen: boolean; deleted: boolean }[] = []
    for await (const { uid, flags } of client.fetch('1:*', { uid: true, flags: true }))
      messages.push({ uid, seen: flags?.has('\\Seen') ?? false, deleted: flags?.has('\\Deleted') ?? false })
    await client.logout()
    return { uidValidity, messages }
  }

  test('what lies there is taken, what comes later is told by IDLE; it is marked as seen and stays', async () => {
    const { dovecot, watch, come } = await openMailbox()
    await dovecot.deliver('programme', await write({ subject: 'before' }))
    await watch()
    expect(await come(1)).toMatchObject([
      { source: 'imap', mail_from: 'ana@library.example', rcpt_to: null, client_ip: null },
    ])
    // Far sooner than it would be asked for.
    await dovecot.deliver('programme', await write({ subject: 'after' }))
    await come(2)
    await eventually(
      'both are seen',
      async () => (await look(dovecot.url('programme'))).messages.every(({ seen }) => seen) || undefined,
    )
    expect((await look(dovecot.url('programme'))).messages).toMatchObject([{ deleted: false }, { deleted: false }])
  }, 60_000)

  test('another UIDVALIDITY: all is read again, what is known is not taken twice, what is new is', async () => {
    const { dovecot, watch, come, rows } = await openMailbox()
    for (const subject of ['one', 'two']) await dovecot.deliver('programme', await write({ subject }))
    const first = await watch()
    await come(2)
    await first.close()
    const before = await look(dovecot.url('programme'))
    await dovecot.stop()
    await dovecot.forgetNumbers('programme')
    await dovecot.start()
    await dovecot.deliver('programme', await write({ subject: 'three' }))
    expect((await look(dovecot.url('programme'))).uidValidity).not.toBe(before.uidValidity)
    await watch()
    await come(3)
    await eventually(
      'all are seen',
      async () => (await look(dovecot.url('programme'))).messages.every(({ seen }) => seen) || undefined,
    )
    expect((await rows()).length).toBe(3)
  }, 60_000)

  test('a row that cannot be kept is not marked, and is taken when it can', async () => {
    const { dovecot, deps, watch, come, rows } = await openMailbox()
    await deps.pool.query('alter table incoming_messages add constraint no_room check (octets < 1) not valid')
    await dovecot.deliver('programme', await write({}))
    await watch()
    await eventually('the trouble is known', async () => (await listMailboxTroubles(deps.db))[0])
    expect(await rows()).toEqual([])
    expect((await look(dovecot.url('programme'))).messages).toMatchObject([{ seen: false }])
    await deps.pool.query('alter table incoming_messages drop constraint no_room')
    await come(1)
    await eventually('the trouble is over', async () => (await listMailboxTroubles(deps.db)).length === 0 || undefined)
  }, 60_000)

  test('of two processes one reads it; when the server goes away, the reading goes on once it is back', async () => {
    const { dovecot, deps, watch, come, rows } = await openMailbox()
    await Promise.all([watch(), watch()])
    await dovecot.deliver('programme', await write({ subject: 'one' }))
    await come(1)
    const { rows: locks } = await deps.pool.query(
      `select from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())`,
    )
    expect(locks).toHaveLength(1)
    await dovecot.stop()
    await eventually('the trouble is known', async () => (await listMailboxTroubles(deps.db))[0], 20)
    await dovecot.start()
    await dovecot.deliver('programme', await write({ subject: 'two' }))
    await come(2)
    expect(await rows()).toHaveLength(2)
  }, 120_000)

  test('of a message of 30 MB the beginning is taken, which tells whose it is', async () => {
    const { dovecot, deps, watch, come } = await openMailbox()
    const lines = Buffer.alloc(30 * 1024 * 1024, `${'x'.repeat(76)}\r\n`)
    await dovecot.deliver('programme', Buffer.concat([await write({ from: 'ana@library.example' }), lines]))
    await watch()
    const [row] = await come(1)
    expect(row?.octets).toBeGreaterThan(30 * 1024 * 1024)
    expect(row?.raw?.length).toBe(1024 * 1024)
    await readIncomingJob(readDeps(deps))({ incoming_id: row?.id as number })
    const read = await deps.db
      .selectFrom('incoming_messages')
      .select(['outcome', 'cuts', 'from_address'])
      .executeTakeFirstOrThrow()
    expect(read).toMatchObject({ outcome: 'inbox', from_address: 'ana@library.example' })
    expect(read.cuts[0]).toBe('Not kept: the message after its first 1024 KB; it had 30 MB.')
  }, 60_000)

  test('a wrong password is said in words, without it', async () => {
    const { dovecot } = await openMailbox()
    expect(await findMailboxFault(dovecot.url('programme'))).toBeUndefined()
    const fault = await findMailboxFault(dovecot.url('programme').replace(':secret@', ':wrong-one@'))
    expect(fault).toMatch('does not let us into the mailbox of programme')
    expect(fault).not.toContain('wrong-one')
    expect(await findMailboxFault(`imap://a:b@127.0.0.1:${await freePort()}`)).toMatch('cannot be read')
  }, 60_000)

  test('a real out-of-office (Sieve vacation) comes back by SMTP and confirms nothing, whatever it says', async () => {
    const inbox = await openInbox()
    const receivers = await openReceivers({
      ...inbox.deps,
      ring: async () => undefined,
      config: { ...inbox.deps.config, inboundSmtpPort: 0 },
    })
    onTestFinished(() => receivers.close())
    const dovecot = await startDovecot(receivers.smtpPort as number)
    await dovecot.setVacation(
      'ana',
      'require "vacation";\nvacation :days 1 :subject "Ja: ich bin im Urlaub" "YES, I confirm my participation. Ich bin bis Montag nicht im Büro.";\n',
    )
    const from = await inbox.addressOf('ana', 'bounce')
    const ours = {
      from: 'programme@localhost.example',
      to: 'ana@library.example',
      message_id: await inbox.messageIdOf('ana'),
    }
    // As our mail leaves it bears a List-Id: a well-mannered server answers nothing (RFC 5230 §4.6).
    await dovecot.deliver(
      'ana',
      await write({ ...ours, text: 'one', headers: { 'List-Id': '<2016a.localhost.example>' } }),
      from,
    )
    await dovecot.deliver('ana', await write({ ...ours, text: 'two' }), from)
    const [row] = await eventually(
      'it answers',
      async () => {
        const rows = await inbox.deps.db.selectFrom('incoming_messages').selectAll().execute()
        return rows.length > 0 ? rows : undefined
      },
      20,
    )
    await inbox.read({ incoming_id: row?.id as number })
    expect(await inbox.rowOf(row?.id as number)).toMatchObject({
      kind: 'auto_reply',
      outcome: 'auto_reply',
      delivery_id: await inbox.deliveryOf('ana'),
    })
    expect(await inbox.states()).toMatchObject({ ana: 'applied' })
    expect(await inbox.events()).toEqual(['auto_reply'])
  }, 60_000)
})
