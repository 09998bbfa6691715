import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { openDemoClock } from '../../src/demo/clock.ts'
import { confirmEverybody } from '../../src/demo/confirm.ts'
import { demoTimetable } from '../../src/demo/files.ts'
import { ROUND_DAYS } from '../../src/demo/round.ts'
import { importApplications } from '../../src/features/imports/index.ts'
import { eachParticipant } from '../../src/features/people/index.ts'
import { reportOnRounds } from '../../src/features/reports/index.ts'
import { createRound, getRound, shiftDay } from '../../src/features/rounds/index.ts'
import { startService } from '../../src/service.ts'
import { cloneDatabase } from '../support/database.ts'
import { haveExports, readExport, readFates, readSummaries } from '../support/exports.ts'
import { SETTINGS } from '../support/pairpost.ts'
import { freePort } from '../support/ports.ts'

const QUIET = { open: () => ({ update: () => undefined }), stop: () => undefined }

/** All seven take four minutes: `PAIRPOST_ALL_ROUNDS=1 npx vitest run test/journeys/seven-rounds.test.ts`. */
const PLAYED = process.env.PAIRPOST_ALL_ROUNDS
  ? ['2013A', '2013B', '2014A', '2014B', '2015A', '2015B', '2016A']
  : ['2013A', '2013B']

test.skipIf(!haveExports)(
  `rounds ${PLAYED.join(', ')} answer from their mailboxes and by the link, and end with the published participants and countries`,
  { timeout: 600_000 },
  async () => {
    const waiting = readSummaries().filter(({ round }) => PLAYED.includes(round))
    expect(waiting).toHaveLength(PLAYED.length)
    const table = new Map<string, object>()
    // Two at a time: part of a round is waiting for mail.
    const lane = async () => {
      for (let summary = waiting.shift(); summary; summary = waiting.shift()) {
        const { code, asked, given, settled, counts, countries, reported } = await liveThrough(summary.round)
        const { participants, silent, declined } = summary
        expect({ ...counts, countries }, code).toMatchObject({
          ...{ confirmed: participants, countries: summary.countries },
          ...{ declined, lapsed: silent },
        })
        // The report says what became of the replies, and not what the lists say only.
        expect(reported, code).toMatchObject({ participants, countries: summary.countries })
        expect(given.replies, code).toBe(settled.by_machine + settled.by_person)
        table.set(code, { asked, ...given, ...settled, confirmed: counts.confirmed, countries })
      }
    }
    await Promise.all([lane(), lane()])
    console.table(Object.fromEntries([...table].sort()))
  },
)

/** One round in a service of its own: a person's address is known in several of them. */
async function liveThrough(code: string) {
  const database = await cloneDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'pairpost-data-'))
  const clock = openDemoClock(ROUND_DAYS.asked)
  const settings = { ...SETTINGS, LOG_LEVEL: 'fatal', DATABASE_URL: database.url, DATA_DIR: folder }
  const service = await startService(parseConfig({ ...settings, PORT: String(await freePort()) }), 'start', { clock })
  onTestFinished(async () => {
    await service.close()
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  })
  const { deps, mailboxUrl = '' } = service
  const starts_on = shiftDay(clock.now().toISOString().slice(0, 10), ROUND_DAYS.asked - ROUND_DAYS.introduced)
  await createRound(deps, { code, name: `Round ${code}`, ...demoTimetable(starts_on) })
  await importApplications(deps, { code, content: readExport(code) })
  const fates = readFates(code)
  const { request, given, settled } = await confirmEverybody(deps, { code, fates, clock, mailboxUrl, bars: QUIET })
  const countries = new Set<string>()
  for await (const page of eachParticipant(deps, { code, states: ['confirmed'] }))
    for (const { country_code } of page) countries.add(country_code)
  const { counts } = await getRound(deps, { code })
  const reported = (await reportOnRounds(deps)).sections[0]?.rows.find(({ key }) => key === code)?.counts
  await service.close()
  return { code, asked: request.recipients, given, settled, counts, countries: countries.size, reported }
}
