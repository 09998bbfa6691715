import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createCampaign, getCampaign } from '../../src/features/campaigns/index.ts'
import { addApplicant, addRound, TOPIC } from '../features/campaigns/round.ts'
import { expectSound, expectSoundEverywhere, useBrowser, type Visit } from '../support/browser.ts'
import { signInBrowser, signInCookie, useService } from '../support/browser-service.ts'
import { PATIENCE } from '../support/eventually.ts'
import { isMissing } from '../support/programs.ts'
import { BODY } from './editor-page.ts'

describe.skipIf(isMissing('chromium'))('when something is in the way', { timeout: PATIENCE }, () => {
  const service = useService('web')
  const browser = useBrowser()

  beforeAll(async () => {
    await addApplicant(service.deps.db, await addRound(service.deps.db))
  })

  async function open(wanted: Parameters<typeof browser.open>[0]): Promise<Visit> {
    const visit = await browser.open(wanted)
    onTestFinished(() => visit.close())
    return visit
  }

  test.each([true, false])(
    'a text whose session ended is given back whole, and saved; JavaScript %s',
    async (javaScript) => {
      const officer = await signInCookie(service, 'communications_officer')
      const { id } = await createCampaign(service.deps, { ...TOPIC, body_markdown: 'Before.' })
      const visit = await open({ cookie: officer, javaScript })
      const { page } = visit
      await page.goto(`${service.url}/console/campaigns/${id}`)
      await page.context().clearCookies()
      const text = 'Line one, “quoted” & <b>bold</b>\n\nمرحبا\n\nLast line'
      await page.locator(BODY).fill(text)
      const [lost] = await Promise.all([
        page.waitForResponse((answer) => answer.request().isNavigationRequest()),
        page.getByRole('button', { name: 'Save', exact: true }).click(),
      ])
      expect(lost.status()).toBe(401)
      await page.getByRole('heading', { name: 'Nothing you wrote is lost' }).waitFor()
      expect(await page.locator('[name=body_markdown]').inputValue()).toBe(text)
      await expectSound(
        { ...visit, faults: () => visit.faults().filter((fault) => !fault.includes('401')) },
        'a lost form',
      )

      const second: Visit = { ...visit, page: await page.context().newPage() }
      await signInBrowser(second, service, officer.address)
      await second.page.close()
      // The new session has other tokens: one press fetches them, the next one saves.
      for (let presses = 0; presses < 2; presses++) {
        await page.locator('main form button').last().click()
        await page.waitForLoadState()
      }
      await page.waitForURL(/\/console\/campaigns\/\d+/)
      expect((await getCampaign(service.deps, { id })).body_markdown.replaceAll('\r\n', '\n').trim()).toBe(text)
    },
  )

  test('what a role may not see says so, and leads on', async () => {
    const visit = await open({ cookie: await signInCookie(service, 'viewer') })
    const answer = await visit.page.goto(`${service.url}/console/participants`)
    expect(answer?.status()).toBe(403)
    await expectSoundEverywhere(visit, 'a page of 403')
  })

  test.each(['en', 'ar'])('a reader in whose network links are guessed is told to wait, in %s', async (language) => {
    for (let guess = 0; guess < 101; guess++) await fetch(`${service.url}/u/guess${guess}`)
    const visit = await open({ language })
    const answer = await visit.page.goto(`${service.url}/u/another-guess`)
    expect(answer?.status()).toBe(429)
    await expectSoundEverywhere(visit, `a page of 429 in ${language}`)
  })

  test('a failure of ours is a page in words, for staff and for readers', async () => {
    const visit = await open({ cookie: await signInCookie(service) })
    await service.deps.db.schema.alterTable('campaigns').renameTo('elsewhere').execute()
    for (const path of ['/console/campaigns', '/topics/2016A']) {
      const answer = await visit.page.goto(service.url + path)
      expect(answer?.status(), path).toBe(500)
      expect(await visit.page.locator('main').innerText()).not.toMatch(/relation|elsewhere/)
      await expectSoundEverywhere(visit, `a page of 500 at ${path}`)
    }
  })
})
