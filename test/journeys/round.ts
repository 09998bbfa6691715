import { onTestFinished } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { DEMO_ROUND_VALUES, demoTimetable, draftOfTopic, readDemoExport, readDemoTopics } from '../../src/demo/files.ts'
import { type ProcessRole, startService } from '../../src/service.ts'
import { type Api, openApi } from '../support/api.ts'
import { cloneDatabase } from '../support/database.ts'
import { csvOf } from '../support/exports.ts'
import { makeDataDir, SETTINGS } from '../support/pairpost.ts'
import { freePort } from '../support/ports.ts'

/** A service in this process that listens on a real port, on a database of its own unless it is given one. */
export async function openService(environment: Record<string, string> = {}, role: ProcessRole = 'start'): Promise<Api> {
  const database = environment.DATABASE_URL
    ? { url: environment.DATABASE_URL, drop: async () => undefined }
    : await cloneDatabase()
  const config = parseConfig({
    ...SETTINGS,
    LOG_LEVEL: 'fatal',
    DATABASE_URL: database.url,
    DATA_DIR: await makeDataDir(),
    PORT: String(await freePort()),
    ...environment,
  })
  const service = await startService(config, role)
  onTestFinished(async () => {
    await service.close()
    await database.drop()
  })
  return openApi(service.url as string)
}

export const ROUND = { ...DEMO_ROUND_VALUES, ...demoTimetable('2016-03-01') }

/** The made-up export of a whole round: 1,290 rows below two header rows. */
export const readWholeExport = async () => (await readDemoExport()).toString('utf8')

/** Topic 1 in English with its French, Spanish and Arabic editions, as a program would post it. */
export async function readTopic() {
  const first = (await readDemoTopics()).get(1) ?? []
  return draftOfTopic(first, (name) => `https://blog.interlibnet.example/pictures/${name}`)
}

/** A round with these applicants, imported. */
export async function importRound(api: Api, csv: string, round = ROUND): Promise<void> {
  await api.post('/rounds', round)
  const { job } = await api.post(`/rounds/${round.code}/imports`, csv as unknown as object)
  const ended = await api.followJob(job.url)
  if (ended.state !== 'done') throw new Error(`The import ${ended.state}: ${ended.error}`)
}

/** A Google Forms export of so many applicants, or of these addresses. */
export function formsOf(who: number | string[]): string {
  const addresses =
    typeof who === 'number' ? Array.from({ length: who }, (_, at) => `reader${at}@library.example`) : who
  return csvOf(addresses.map((address, at) => ({ address, given: `Reader ${at}`, family: 'Of Books' }))).toString()
}

/** A small campaign to everybody in the round, a draft yet. Returns its id. */
export async function draftCampaign(api: Api, change: object = {}): Promise<number> {
  const { id } = await api.post('/campaigns', {
    round: ROUND.code,
    kind: 'topic',
    subject: 'Topic 1',
    preheader: 'A short one.',
    body_markdown: 'Hello {{participant.given_name}}, a few words for you.',
    ...change,
  })
  return id
}

/** The figures of a campaign, those that are not zero. */
export const figuresOf = (campaign: { counts: Record<string, number> }) =>
  Object.fromEntries(Object.entries(campaign.counts).filter(([, count]) => count > 0))
