import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PATIENCE } from '../support/eventually.ts'
import { makeDataDir, runPairpost, startPairpost } from '../support/pairpost.ts'
import { freePort } from '../support/ports.ts'

/** The lines of figures, each a sum that adds up. */
const FIGURES = /^Import +(\d+) rows = (\d+) applicants \+ (\d+) resubmissions \+ (\d+) faulty$/m

/** What came back, and what became of it. */
const READ =
  /^Read +(\d+) messages = (\d+) understood \+ (\d+) settled by a person \+ (\d+) out of office \+ (\d+) bounces/m

const MATCHED =
  /^Matching +(\d+) people = (\d+) in \d+ partnerships \+ (\d+) left over; .*, proven optimal in [\d.]+ s$/m

test(
  'two demos at once each add up, and leave nothing behind',
  async () => {
    const settings = { DATA_DIR: await makeDataDir(), PORT: String(await freePort()), DEMO_SCALE: '0.1' }
    const runs = await Promise.all([1, 2].map(() => runPairpost(['demo', '--exit'], settings)))
    for (const { code, out, err } of runs) {
      expect(err).toBe('')
      const [rows, ...parts] = FIGURES.exec(out)?.slice(1).map(Number) ?? []
      expect(rows).toBe(129)
      expect(parts.reduce((sum, count) => sum + count, 0)).toBe(rows)
      const [, people = '', introduced = '', left] = MATCHED.exec(out) ?? []
      expect(Number(people)).toBe(Number(introduced) + Number(left))
      const [, accepted = ''] = /^Introduced (\d+) recipients = \1 accepted$/m.exec(out) ?? []
      expect(accepted).toBe(introduced)
      const [, topic = ''] =
        /^Topic 1 +(\d+) recipients = \1 accepted; skipped: \d+ no code of conduct$/m.exec(out) ?? []
      const [, handed, clicked, quiet] =
        /^Clicks +(\d+) accepted = (\d+) whose readers clicked \+ (\d+) others/m.exec(out)?.map(Number) ?? []
      expect([handed, (clicked ?? 0) + (quiet ?? 0)]).toEqual([Number(topic), Number(topic)])
      expect(clicked).toBeGreaterThan(0)
      expect(out).toMatch(
        /^Mailchimp +(\d+) participants who may be mailed = \1 contacts .* \+ 0 for a person; .* drift 0$/m,
      )
      const [, asked = ''] = /^Asked +(\d+) recipients = \1 accepted/m.exec(out) ?? []
      const [, caught, many, others] =
        /^Mailbox +(\d+) messages caught over SMTP = (\d+) of these \+ (\d+)/m.exec(out) ?? []
      expect(Number(many)).toBe(Number(asked) + Number(accepted) + Number(topic))
      expect(Number(caught)).toBe(Number(many) + Number(others))
      const [, came, ...read] = READ.exec(out)?.map(Number) ?? []
      expect(read.reduce((sum, count) => sum + count, 0)).toBe(came)
      // No terminal: lines that can be read in a log, without the control characters of a progress bar.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(out).not.toMatch(/[\r\x1b]/)
      expect(code).toBe(0)
    }
    expect(readdirSync(settings.DATA_DIR)).toEqual([])
  },
  PATIENCE,
)

test(
  'without --exit the demo stays to be looked at, and Ctrl-C removes what it made',
  async () => {
    const settings = { DATA_DIR: await makeDataDir(), PORT: String(await freePort()), DEMO_SCALE: '0.02' }
    const demo = startPairpost(['demo'], settings)
    const [, mailbox] = await demo.says(/The mailbox: +(\S+)/)
    const [, link] = await demo.says(/Sign in, once: (\S+)/)
    const [, token] = await demo.says(/token: (pp_\w+)/)
    await demo.says(/Ctrl-C ends it/)
    const page = await fetch(mailbox as string)
    expect(page.status).toBe(200)
    const confirm = await fetch(link as string)
    expect(await confirm.text()).toContain('Sign in as')
    const round = await fetch((mailbox as string).replace(/mailbox$/, 'api/v1/rounds/2016A'), {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(await round.json()).toMatchObject({ counts: { applied: expect.any(Number) } })
    demo.signal('SIGINT')
    expect(await demo.ended).toBe(0)
    expect(readdirSync(settings.DATA_DIR)).toEqual([])
  },
  PATIENCE,
)
