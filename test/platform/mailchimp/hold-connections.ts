/** A process that asks eight things at once and never hears of them: to be killed. */
import { openDatabase } from '../../../src/platform/db/open.ts'
import { openLog } from '../../../src/platform/log.ts'
import { openMailchimp } from '../../../src/platform/mailchimp/index.ts'

const [url, baseUrl, apiKey] = process.argv.slice(2) as [string, string, string]
const { db } = openDatabase(url, { max: 3, onError: () => undefined })
const mailchimp = openMailchimp({ db, log: openLog('silent') }, { apiKey, baseUrl }, { slotMs: 3000 })
await Promise.allSettled(Array.from({ length: 8 }, () => mailchimp.getList('a1')))
