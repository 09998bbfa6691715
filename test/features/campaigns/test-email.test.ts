import { sql } from 'kysely'
import PostalMime from 'postal-mime'
import { expect, test } from 'vitest'
import { createComposer, measureCampaign } from '../../../src/features/campaigns/index.ts'
import { requestTest } from '../../../src/features/campaigns/preview/test-email.ts'
import type { ClaimedDelivery } from '../../../src/features/deliveries/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { addApplicant, addDraft, addRound } from './round.ts'

async function open() {
  const deps = await openTestDeps()
  const round = await addRound(deps.db)
  const person = await addApplicant(deps.db, round, { given_name: 'Céline', language: 'fr' })
  const id = await addDraft(deps.db, {
    variants: { fr: { subject: 'Sujet 1', body_markdown: 'Bonjour {{participant.given_name}}.' } },
  })
  return { deps, person, id }
}

const testsOf = async ({ deps }: Awaited<ReturnType<typeof open>>) =>
  (
    await sql<ClaimedDelivery & { is_test: boolean; state: string }>`
      select id, campaign_id, person_id, contact_id, lane, address, domain, language, version, tries, in_reply_to, is_test,
        state from deliveries order by id`.execute(deps.db)
  ).rows

test('a test email goes through the ledger, to the address given, and into nobody’s figures', async () => {
  const made = await open()
  const answer = await requestTest(made.deps, made.id, { to: 'Me@Programme.example' })
  const [delivery] = await testsOf(made)
  expect(delivery).toMatchObject({
    ...{ address: 'me@programme.example', domain: 'programme.example', person_id: null, is_test: true },
    ...{ state: 'queued', lane: 'automatic', language: 'en', version: 1 },
  })
  expect(answer.delivery).toEqual({ id: delivery?.id, url: `/api/v1/deliveries/${delivery?.id}` })
  expect((await measureCampaign(made.deps.db, made.id)).counts.queued).toBe(0)
  const { tested_version } = await made.deps.db
    .selectFrom('campaigns')
    .select('tested_version')
    .executeTakeFirstOrThrow()
  expect(tested_version).toBe(1)
})

test('as a person it is that person’s text in their language; otherwise it shows sample values', async () => {
  const made = await open()
  await requestTest(made.deps, made.id, { to: 'me@programme.example', as: made.person })
  await requestTest(made.deps, made.id, { to: 'me@programme.example' })
  await requestTest(made.deps, made.id, { to: 'me@programme.example', language: 'FR' })
  const tests = await testsOf(made)
  const compose = await createComposer({ ...made.deps, signer: undefined })(tests)
  const texts: string[] = []
  for (const one of tests) {
    const composed = compose(one)
    if ('fault' in composed) throw new Error(composed.fault)
    expect(composed.to).toBe('me@programme.example')
    texts.push((await PostalMime.parse(composed.message)).text ?? '')
  }
  expect(texts[0]).toContain('Bonjour Céline')
  expect(texts[1]).toContain('Hello Amina, write to Mateo')
  expect(texts[2]).toContain('Bonjour Amina')
})

test('a bad address, a language without a text, nobody and no campaign are refused, and nothing is queued', async () => {
  const made = await open()
  const faultsOf = (input: Parameters<typeof requestTest>[2]) =>
    requestTest(made.deps, made.id, input).then(
      () => undefined,
      (error) => error.faults ?? error.code,
    )
  expect(await faultsOf({ to: 'me@@programme.example' })).toEqual([
    { field: 'to', message: expect.stringContaining('@') },
  ])
  expect(await faultsOf({ to: 'a@b.example, c@d.example' })).toEqual([{ field: 'to', message: expect.any(String) }])
  expect(await faultsOf({ to: 'me@programme.example', language: 'es' })).toEqual([
    { field: 'language', message: expect.stringContaining('es') },
  ])
  expect(await faultsOf({ to: 'me@programme.example', language: 'klingon' })).toEqual([
    { field: 'language', message: expect.any(String) },
  ])
  expect(await faultsOf({ to: 'me@programme.example', as: 98_765 })).toBe('not_found')
  await expect(requestTest(made.deps, 98_765, { to: 'me@programme.example' })).rejects.toThrow(/not found/)
  expect(await testsOf(made)).toEqual([])
})

test('a text that cannot be compiled says why', async () => {
  const { deps } = await open()
  const id = await addDraft(deps.db, { body_markdown: 'Hello\n\n{{nobody.knows}}' })
  await expect(requestTest(deps, id, { to: 'me@programme.example' })).rejects.toThrow(/Line 3: .*nobody\.knows/)
})
