/** Sends what is due until it is killed: `node sending-process.ts DATABASE_URL SMTP_URL DATA_DIR NOW`. */
import { parseConfig } from '../../../src/config.ts'
import { openDeps } from '../../../src/deps.ts'
import { sendDue } from '../../../src/features/deliveries/index.ts'
import { neverStopped, sendDeps } from '../../support/ledger.ts'

const [databaseUrl = '', smtpUrl = '', dataDir = '', now = ''] = process.argv.slice(2)
const begun = performance.now()
/** Goes on from the clock of the test: what is put off by this process is due there soon too. */
const clock = { now: () => new Date(Date.parse(now) + performance.now() - begun) }
const deps = await openDeps(
  parseConfig({
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    LOG_LEVEL: 'fatal',
    SECRET_KEY: 'a secret that only the tests have: 32+',
  }),
  { clock },
)
const run = await sendDeps(deps, smtpUrl, { connections: 3 })
console.log('ready')
for (;;) {
  await sendDue(run, neverStopped())
  await new Promise((turn) => setTimeout(turn, 20))
}
