import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/platform/db/open.ts'
import { write } from '../features/inbox/stage.ts'
import { hand } from '../features/mailbox/dialogue.ts'
import { cloneDatabase } from '../support/database.ts'
import { eventually, PATIENCE } from '../support/eventually.ts'
import { makeDataDir, SETTINGS, startPairpost } from '../support/pairpost.ts'
import { freePort } from '../support/ports.ts'

test(
  'an inbound process alone takes mail; a worker reads it, whenever it comes; both end in time',
  async () => {
    const database = await cloneDatabase()
    const { db, close } = openDatabase(database.url, { max: 1, onError: () => undefined })
    onTestFinished(async () => {
      await close()
      await database.drop()
    })
    const port = await freePort()
    const settings = { ...SETTINGS, DATABASE_URL: database.url, DATA_DIR: await makeDataDir(), LOG_LEVEL: 'info' }
    const inbound = startPairpost(['inbound'], { ...settings, INBOUND_SMTP_PORT: String(port) })
    await inbound.says(/started/)
    const raw = await write({ from: 'stranger@mail.example', to: 'programme@programme.example', text: 'Good morning' })
    const url = `smtp://127.0.0.1:${port}`
    expect(await hand(url, { to: 'programme@programme.example', raw })).toMatchObject({ accepted: true })
    expect(await hand(url, { to: 'somebody@elsewhere.example', raw })).toMatchObject({ accepted: false, code: 550 })
    const states = async () => await db.selectFrom('incoming_messages').select(['state', 'outcome']).execute()
    expect(await states()).toEqual([{ state: 'received', outcome: null }])

    const other = startPairpost(['inbound'], { ...settings, INBOUND_SMTP_PORT: String(port) })
    expect([await other.ended, other.err()]).toEqual([
      1,
      expect.stringContaining(`Port ${port} for incoming mail is taken`),
    ])

    const worker = startPairpost(['worker'], settings)
    await eventually('it is read', async () => ((await states())[0]?.state === 'read' ? true : undefined))
    expect(await db.selectFrom('inbox_items').select('why').execute()).toEqual([
      { why: 'We do not know the sender, and it does not say which message it answers.' },
    ])
    for (const running of [inbound, worker]) {
      running.signal('SIGTERM')
      expect([await running.ended, running.err()]).toEqual([0, ''])
    }
  },
  PATIENCE,
)
