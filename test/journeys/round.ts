import { readdirSync, readFileSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { parseTopicFile } from '../../src/features/campaigns/index.ts'
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

export const ROUND = {
  code: '2016A',
  name: 'Round 2016A',
  applications_open_on: '2016-01-18',
  applications_close_on: '2016-02-14',
  confirm_by: '2016-02-26',
  starts_on: '2016-03-01',
  ends_on: '2016-06-30',
  country_cap_percent: 20,
}

const EXPORT = 'demo/rounds/2016A-applications.csv'

/** The made-up export of a whole round: 1,290 rows below two header rows. */
export const readWholeExport = () => readFileSync(EXPORT, 'utf8')

/** Topic 1 in English with its French, Spanish and Arabic editions, as a program would post it. */
export function readTopic() {
  const names = readdirSync('demo/topics').filter((name) => /^01-.*\.md$/.test(name))
  const texts = names.map((name) => {
    const { language, subject, preheader, body_markdown, extras } = parseTopicFile(
      readFileSync(`demo/topics/${name}`, 'utf8'),
      'https://blog.interlibnet.example/pictures',
    )
    return { language, text: { subject, preheader, body_markdown, extras } }
  })
  const english = texts.find(({ language }) => language === 'en')
  const variants = Object.fromEntries(
    texts.filter((text) => text !== english).map(({ language, text }) => [language, text]),
  )
  return { round: ROUND.code, kind: 'topic', ...english?.text, variants, from_name: 'The programme team' }
}

/** A round with these applicants, imported. */
export async function importRound(api: Api, csv: string): Promise<void> {
  await api.post('/rounds', ROUND)
  const { job } = await api.post(`/rounds/${ROUND.code}/imports`, csv as unknown as object)
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
