import { sql } from 'kysely'
import PostalMime from 'postal-mime'
import { expect, test } from 'vitest'
import { createComposer, previewCampaign, scheduleCampaign } from '../../../src/features/campaigns/index.ts'
import type { CampaignInput } from '../../../src/features/campaigns/schema.ts'
import type { ClaimedDelivery } from '../../../src/features/deliveries/index.ts'
import { updateProgramme } from '../../../src/features/programme/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { addApplicant, addDraft, addRound } from '../campaigns/round.ts'

const FOOTER = 'Librarians & <friends>\nPO Box 1, Sydney NSW 2000\nhttps://iln.example'

/** A scheduled campaign to one person, and what that person gets. */
async function openScheduled(change: Partial<CampaignInput> = {}) {
  const deps = await openTestDeps({ MAIL_FROM: 'From the environment <programme@iln.example>' })
  const person = await addApplicant(deps.db, await addRound(deps.db), {})
  const id = await addDraft(deps.db, { from_name: null, ...change })
  const compose = createComposer({ ...deps, signer: undefined })
  const send = async () => {
    const { rows } = await sql<ClaimedDelivery>`
      select id, campaign_id, person_id, contact_id, lane, address, domain, language, version, tries, in_reply_to from deliveries
      where campaign_id = ${id}`.execute(deps.db)
    const made = (await compose(rows))(rows[0] as ClaimedDelivery)
    if ('fault' in made) throw new Error(made.fault)
    return PostalMime.parse(made.message)
  }
  const preview = async (part: 'html' | 'text') => {
    const shown = await previewCampaign(deps, { campaign_id: id, person_id: person, part })
    return shown[part] ?? ''
  }
  return { deps, id, send, preview, schedule: () => scheduleCampaign(deps, id, { at: 'now' }) }
}

test('the footer stands under every message, line by line and escaped, in the preview as in what is sent', async () => {
  const { deps, send, preview, schedule } = await openScheduled()
  await updateProgramme(deps, { footer: FOOTER })
  await schedule()
  const sent = await send()
  const html =
    '<br><bdi>Librarians &amp; &lt;friends&gt;</bdi><br><bdi>PO Box 1, Sydney NSW 2000</bdi><br><bdi>https://iln.example</bdi><br><a'
  expect(sent.html).toContain(html)
  expect(await preview('html')).toContain(html)
  const text = `reads every answer.\n${FOOTER}\nStop these emails:`
  expect(sent.text).toContain(text)
  expect(await preview('text')).toContain(text)
})

test('automatic email has the footer too, at its very end', async () => {
  const { deps, send, schedule } = await openScheduled({ kind: 'reminder' })
  await updateProgramme(deps, { footer: FOOTER })
  await schedule()
  expect((await send()).text?.trimEnd()).toMatch(/https:\/\/iln\.example$/)
})

test('without a footer nothing stands in its place', async () => {
  const { send, preview, schedule } = await openScheduled()
  await schedule()
  expect((await send()).text).toContain('reads every answer.\nStop these emails:')
  expect(await preview('html')).toContain('reads every answer.<br><a')
})

test('in a right-to-left text the footer keeps its own direction', async () => {
  const { deps, preview } = await openScheduled({ language: 'ar', subject: 'موضوع', body_markdown: 'مرحبا' })
  await updateProgramme(deps, { footer: 'Sydney 2000' })
  expect(await preview('html')).toMatch(/dir="rtl" lang="ar">.*<br><bdi>Sydney 2000<\/bdi>/)
})

test('no text can name the footer as a merge field', async () => {
  const { preview } = await openScheduled({ body_markdown: 'Hello {{programme.footer}}' })
  await expect(preview('text')).rejects.toThrow(/no merge field {{programme.footer}}/)
})

test('who sends: the campaign’s name, else the programme’s, else the environment’s', async () => {
  const text = { body_markdown: 'Yours, {{sender.name}}.' }
  const own = await openScheduled({ ...text, from_name: 'Topic team' })
  await updateProgramme(own.deps, { from_name: 'The ILN team' })
  await own.schedule()
  expect((await own.send()).from).toMatchObject({ name: 'Topic team', address: 'programme@iln.example' })
  expect(await own.preview('text')).toContain('Yours, Topic team.')

  const unnamed = await openScheduled(text)
  expect(await unnamed.preview('text')).toContain('Yours, From the environment.')
  await updateProgramme(unnamed.deps, { from_name: 'The ILN team' })
  expect(await unnamed.preview('text')).toContain('Yours, The ILN team.')
  await unnamed.schedule()
  const sent = await unnamed.send()
  expect(sent.from).toMatchObject({ name: 'The ILN team', address: 'programme@iln.example' })
  expect(sent.text).toContain('Yours, The ILN team.')
})

test('a change holds from the next message on, also for a campaign under way', async () => {
  const { deps, send, schedule } = await openScheduled()
  await schedule()
  expect((await send()).text).not.toContain('PO Box')
  await updateProgramme(deps, { footer: 'PO Box 2', from_name: 'New team' })
  const next = await send()
  expect(next.text).toContain('\nPO Box 2\n')
  expect(next.from?.name).toBe('New team')
})
