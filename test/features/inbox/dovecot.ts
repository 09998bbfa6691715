import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { onTestFinished } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/ports.ts'
import { getProgram } from '../../support/programs.ts'

const PASSWORD = 'secret'
const NOBODY = 65_534

/** A real IMAP server with mailboxes of whoever asks, which takes mail by LMTP and answers for who is on vacation. */
export async function startDovecot(submissionPort: number) {
  const folder = await mkdtemp(join(tmpdir(), 'pairpost-dovecot-'))
  const isRoot = process.getuid?.() === 0
  // It reads no mail as root.
  const owner = isRoot ? 'nobody' : userInfo().username
  for (const name of ['run', 'mail', 'home']) await mkdir(join(folder, name))
  if (isRoot) for (const name of ['', 'mail', 'home']) await chown(join(folder, name), NOBODY, NOBODY)
  const [imapPort, lmtpPort] = [await freePort(), await freePort()]
  const own = isRoot
    ? ''
    : `default_internal_user = ${owner}\ndefault_login_user = ${owner}\ndefault_internal_group = ${owner}\n`
  const config = join(folder, 'dovecot.conf')
  await writeFile(
    config,
    `${own}base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = ${folder}/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:${folder}/mail/%n
first_valid_uid = 1
submission_host = 127.0.0.1:${submissionPort}
postmaster_address = postmaster@library.example
passdb {
  driver = static
  args = password=${PASSWORD}
}
userdb {
  driver = static
  args = uid=${owner} gid=${isRoot ? 'nogroup' : owner} home=${folder}/home/%n allow_all_users=yes
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${imapPort}
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${lmtpPort}
  }
}
service stats {
  chroot =
}
protocol lmtp {
  mail_plugins = sieve
}
plugin {
  sieve = file:${folder}/home/%n/vacation.sieve
}
`,
  )
  let child: ChildProcess | undefined
  const isUp = (port: number) =>
    new Promise<true | undefined>((done) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('data', () => {
        socket.destroy()
        done(true)
      })
      socket.once('error', () => done(undefined))
    })
  const start = async () => {
    child = spawn(getProgram('dovecot'), ['-F', '-c', config], { stdio: 'ignore' })
    await eventually('dovecot is up', async () => (await isUp(imapPort)) && (await isUp(lmtpPort)), 20).catch(
      async (error) => {
        throw new Error(`${error} ${await readFile(join(folder, 'log'), 'utf8').catch(() => '')}`)
      },
    )
  }
  const stop = async () => {
    if (!child || child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
  onTestFinished(async () => {
    await stop()
    await rm(folder, { recursive: true, force: true })
  })
  await start()
  return {
    ...{ start, stop, imapPort },
    url: (user: string) => `imap://${user}:${PASSWORD}@127.0.0.1:${imapPort}/INBOX`,
    log: () => readFile(join(folder, 'log'), 'utf8'),
    /** Hands a message over for one of its mailboxes. */
    deliver: (user: string, raw: Buffer, from = 'ana@library.example') =>
      deliver(lmtpPort, { from, to: `${user}@library.example` }, raw),
    /** Its numbers mean other messages from now on: as after a rebuilt mailbox. */
    async forgetNumbers(user: string) {
      for (const name of [
        'dovecot-uidlist',
        'dovecot.index',
        'dovecot.index.cache',
        'dovecot.index.log',
        'dovecot-uidvalidity',
      ])
        await rm(join(folder, 'mail', user, name), { force: true })
      for (const name of await readdir(join(folder, 'mail', user)))
        if (name.startsWith('dovecot-uidvalidity')) await rm(join(folder, 'mail', user, name))
    },
    async setVacation(user: string, script: string) {
      const home = join(folder, 'home', user)
      await mkdir(home, { recursive: true })
      await writeFile(join(home, 'vacation.sieve'), script)
      if (isRoot) for (const path of [home, join(home, 'vacation.sieve')]) await chown(path, NOBODY, NOBODY)
    },
  }
}

async function deliver(port: number, envelope: { from: string; to: string }, raw: Buffer): Promise<void> {
  const connection = new SMTPConnection({ port, host: '127.0.0.1', ignoreTLS: true, lmtp: true } as object)
  await new Promise<void>((done, fail) => {
    connection.once('error', fail)
    connection.connect(() => connection.send(envelope, raw, (error) => (error ? fail(error) : done())))
  })
  connection.quit()
}
