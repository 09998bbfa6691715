/**
 * Takes mail by SMTP and reads it, and ends itself with -9 just before its n-th statement, or never:
 * `node receiving-process.ts DATABASE_URL NOW N`. Says the port on which it listens.
 */
import pg from 'pg'
import { createComposer } from '../../src/features/campaigns/index.ts'
import { openReceivers, readIncomingJob, sweepIncoming } from '../../src/features/inbox/index.ts'
import { readWords } from '../../src/features/inbox/read/words.ts'
import type { Ring } from '../../src/jobs/catalog.ts'
import { tokenKeys } from '../../src/lib/tokens.ts'
import { openDatabase } from '../../src/platform/db/open.ts'
import { openLog } from '../../src/platform/log.ts'
import { readIncoming } from '../../src/platform/mail/incoming/index.ts'

const [databaseUrl = '', now = '', statement = ''] = process.argv.slice(2)
let left = Number(statement)
const query = pg.Client.prototype.query as (...args: unknown[]) => unknown
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  left--
  if (left === 0) process.kill(process.pid, 'SIGKILL')
  return query.apply(this, args)
} as never

const begun = performance.now()
const { db, pool } = openDatabase(databaseUrl, { max: 4, onError: () => undefined })
const config = {
  ...{ host: '127.0.0.1', mailDomain: 'localhost.example', mailFrom: 'programme@localhost.example' },
  ...{ publicUrl: 'http://localhost', inboundSmtpPort: 0, inboundLmtpPort: undefined, inboundImapUrl: undefined },
}
const deps = {
  ...{ db, pool, config, log: openLog('silent'), keys: tokenKeys(['a secret that only the tests have: 32+']) },
  /** Goes on from the clock of the test. */
  clock: { now: () => new Date(Date.parse(now) + performance.now() - begun) },
}
const ring: Ring = async (name, input) => {
  // As the queue does it: not before whoever rings has gone on.
  if (name === 'read-incoming') setImmediate(() => void read(input as { incoming_id: number }))
}
const read = readIncomingJob({
  ...{ ...deps, ring, read: readIncoming, readWords: async (input) => readWords(input), checkSender: async () => null },
  compose: createComposer({ ...deps, signer: undefined }),
})
const receivers = await openReceivers({ ...deps, ring })
console.log(`port ${receivers.smtpPort}`)
for (;;) {
  await sweepIncoming({ ...deps, ring })
  await new Promise((turn) => setTimeout(turn, 50))
}
