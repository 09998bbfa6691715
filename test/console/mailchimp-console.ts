import { onTestFinished } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { scheduleCampaign } from '../../src/features/campaigns/index.ts'
import { mailchimpWork } from '../../src/features/mailchimp/index.ts'
import type { Role } from '../../src/lib/permissions.ts'
import { openMailchimp } from '../../src/platform/mailchimp/index.ts'
import { addApplicant, addDraft, addRound } from '../features/campaigns/round.ts'
import { openConsole } from '../support/console.ts'
import { openTestDeps, type TestDeps } from '../support/deps.ts'
import { openTestMailchimp } from '../support/mailchimp.ts'
import { fillMailchimp, HOSTILE } from './mailchimp-stage.ts'

export const HOME = '/console/settings/mailchimp'
export const LISTS = [
  { id: 'aaaaaaaaaa', name: 'Participants' },
  { id: 'bbbbbbbbbb', name: `Friends ${HOSTILE}` },
]

/** A console of a service with a key for a made-up account. */
export async function open({ lists = LISTS, key = 'fake-us1' }: { lists?: typeof LISTS; key?: string } = {}) {
  const fake = await openTestMailchimp({ lists, key: 'fake-us1' })
  const own = await openTestDeps({ MAILCHIMP_API_KEY: key, MAILCHIMP_BASE_URL: fake.baseUrl })
  const mailchimp = openMailchimp({ db: own.db, log: own.log }, { apiKey: key, baseUrl: fake.baseUrl })
  const deps: TestDeps = { ...own, mailchimp }
  const app = await buildApp(deps, { mailboxSmtpUrl: 'smtp://127.0.0.1:9' })
  onTestFinished(() => app.close())
  await app.ready()
  const visit = await openConsole(deps, 'director', { app })
  const as = (role: Role) => openConsole(deps, role, { app })
  return { deps, fake, visit, as }
}

export const MAP = {
  ...{ 'fields.given_name': 'FNAME', 'fields.family_name': 'LNAME', 'fields.country': 'COUNTRY' },
  ...{ 'fields.round': 'ROUND', 'fields.state': 'STATE', 'fields.partner': 'PARTNER', 'fields.language': 'LANGUAGE' },
  states: ['applied', 'confirmed'],
}

/** Runs what waits of the long work about Mailchimp, as a worker would. */
export async function work(deps: TestDeps) {
  const job = await deps.db.selectFrom('jobs').selectAll().where('state', '=', 'waiting').executeTakeFirstOrThrow()
  const signal = new AbortController().signal
  const run = mailchimpWork(deps)[job.kind]
  if (!run) throw new Error(`no work of kind ${job.kind}`)
  const input = job.input as Record<string, unknown>
  const outcome = await run({ job_id: job.id, input, progress: () => undefined, signal })
  const result = 'result' in outcome ? JSON.stringify(outcome.result) : null
  await deps.db
    .updateTable('jobs')
    .set({ state: outcome.state, result, finished_at: deps.clock.now() })
    .where('id', '=', job.id)
    .execute()
}

export async function openStage() {
  const opened = await open()
  const { deps } = opened
  const round = await addRound(deps.db)
  const people: number[] = []
  for (let at = 0; at < 8; at++) {
    const name = at === 1 ? { given_name: HOSTILE } : { given_name: 'عائشة', family_name: 'المنصوري' }
    people.push(await addApplicant(deps.db, round, { ...name, state: 'confirmed' }))
  }
  const campaigns: number[] = []
  for (const subject of ['Topic 1', 'Topic 2']) {
    const id = await addDraft(deps.db, { subject })
    await scheduleCampaign(deps, id, { at: '2016-03-02T09:00:00Z' })
    campaigns.push(id)
  }
  const staged = await fillMailchimp(deps.db, { people, campaigns: campaigns as [number, number] })
  return { ...opened, people, staged }
}

export const jobsOf = ({ db }: TestDeps, kind: string) =>
  db.selectFrom('jobs').select(['id', 'state', 'input']).where('kind', '=', kind).orderBy('id').execute()
