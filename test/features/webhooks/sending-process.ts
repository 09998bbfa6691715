/** Sends webhooks until it is killed: `node sending-process.ts DATABASE_URL DATA_DIR`. */
import { parseConfig } from '../../../src/config.ts'
import { openDeps } from '../../../src/deps.ts'
import { sendWebhooks } from '../../../src/features/webhooks/index.ts'

const [databaseUrl = '', dataDir = ''] = process.argv.slice(2)
const deps = await openDeps(
  parseConfig({
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    LOG_LEVEL: 'fatal',
    SECRET_KEY: 'a secret that only the tests have: 32+',
  }),
)
for (;;) {
  await sendWebhooks(deps, new AbortController().signal)
  await new Promise((turn) => setTimeout(turn, 20))
}
