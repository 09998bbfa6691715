/** The opponent, in a process of its own: a bare nodemailer pool that composes the same messages, without any ledger. */
import { createTransport } from 'nodemailer'
import { linksTo, mergeValuesFor } from '../src/features/campaigns/content/index.ts'
import { compileVariant, renderMessage } from '../src/features/campaigns/index.ts'
import { BENCH_DOMAIN, readTopic } from '../test/support/programme.ts'

const [smtpUrl, count, connections] = [process.argv[2] as string, Number(process.argv[3]), Number(process.argv[4])]
const target = new URL(smtpUrl)
const pool = createTransport({
  pool: true,
  host: target.hostname,
  port: Number(target.port),
  ignoreTLS: true,
  maxConnections: connections,
  maxMessages: Number.POSITIVE_INFINITY,
})
const compiled = await compileVariant({ language: 'en', lane: 'campaign', text: await readTopic() })
const valuesOf = mergeValuesFor({
  language: 'en',
  default_language: 'en',
  fallbacks: {},
  sender_name: 'The programme team',
})

const cpuBefore = process.cpuUsage()
const began = performance.now()
let next = 0
let accepted = 0
await Promise.all(
  Array.from({ length: connections * 2 }, async () => {
    while (next < count) {
      const id = ++next
      const unsubscribe = `https://pairpost.example/u/${id}abcdefghijklmnopqrstuvwx`
      const row = {
        person_id: id,
        given_name: `Reader${id}`,
        family_name: `Number ${id}`,
        country_code: 'FI',
        language: 'en',
        partners: [],
        reasons: [],
        round_code: '2016A',
        round_name: 'Round 2016A',
        round_starts_on: null,
        round_ends_on: null,
        round_confirm_by: null,
        round_applications_close_on: null,
      }
      await pool.sendMail({
        from: { name: 'The programme team', address: 'programme@pairpost.example' },
        to: { name: `${row.given_name} ${row.family_name}`, address: `reader${id}@${BENCH_DOMAIN}` },
        replyTo: `reply+${id}@pairpost.example`,
        envelope: { from: `bounce+${id}@pairpost.example`, to: `reader${id}@${BENCH_DOMAIN}` },
        messageId: `<${id}@pairpost.example>`,
        headers: {
          'List-Unsubscribe': `<${unsubscribe}>, <mailto:u+${id}@pairpost.example>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        },
        ...renderMessage(compiled, valuesOf(row, linksTo(unsubscribe))),
      })
      accepted++
    }
  }),
)
const seconds = (performance.now() - began) / 1000
const cpu = process.cpuUsage(cpuBefore)
pool.close()
console.log(
  JSON.stringify({
    messages: accepted,
    seconds,
    cpu_ms: (cpu.user + cpu.system) / 1000,
    peak_mb: process.resourceUsage().maxRSS / 1024,
  }),
)
process.exit(0)
