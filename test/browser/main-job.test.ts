import { sql } from 'kysely'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { expectSoundEverywhere, PHONE, useBrowser, type Visit } from '../support/browser.ts'
import { signInCookie, useService } from '../support/browser-service.ts'
import { eventually, PATIENCE } from '../support/eventually.ts'
import { isMissing } from '../support/programs.ts'
import { handsOn, setRound, setTopic } from './stage.ts'

const PEOPLE = 300
const SUBJECT = 'Topic 1: Getting to know you'

describe.skipIf(isMissing('chromium'))('the main job', { timeout: PATIENCE }, () => {
  // Slow enough to be watched: all of them take a quarter of a minute.
  const service = useService('start', { SEND_LIMITS: '20/1s' })
  const browser = useBrowser()
  let officer: Awaited<ReturnType<typeof signInCookie>>

  beforeAll(async () => {
    await setRound(service.api, PEOPLE)
    officer = await signInCookie(service, 'communications_officer')
  }, PATIENCE)

  async function open(path: string, wanted: { javaScript?: boolean; width?: number } = {}): Promise<Visit> {
    const visit = await browser.open({ cookie: officer, ...wanted })
    onTestFinished(() => visit.close())
    await visit.page.goto(service.url + path)
    return visit
  }

  const countOf = async (id: number, state?: string) => {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from deliveries where campaign_id = ${id} and not is_test
        and (${state ?? null}::text is null or state = ${state ?? null})`.execute(service.deps.db)
    return rows[0]?.count ?? 0
  }

  const WAYS = [
    { javaScript: true, by: 'mouse' },
    { javaScript: true, by: 'keyboard' },
    { javaScript: false, by: 'mouse' },
    { javaScript: false, by: 'keyboard' },
  ] as const

  test.each(WAYS)(
    'a prepared topic goes from Home to its schedule in six presses and three pages at most: $by, JavaScript $javaScript',
    async ({ javaScript, by }) => {
      const subject = `${SUBJECT} (${by}, ${javaScript ? 'with' : 'without'} script)`
      const id = await setTopic(service.api, subject, 3)
      const visit = await open('/console', { javaScript })
      const { page } = visit
      const hands = handsOn(page, by)
      await hands.press(page.getByRole('link', { name: subject }).and(page.getByRole('link', { name: 'schedule' })))
      await page.waitForURL(/\/review$/)
      await hands.press(page.locator('input[name=when][value=at]'))
      await hands.write(page.locator('#time'), { typed: '1030A', filled: '10:30' })
      if (!javaScript) {
        await hands.press(page.getByRole('button', { name: 'Show these times' }))
        await page.waitForURL(/\/review\?/)
      }
      const button = page.getByRole('button', { name: `Schedule for ${PEOPLE} people` }).filter({ hasText: '10:30' })
      await button.waitFor()
      await hands.press(button)
      await page.waitForURL(/\/report/)
      expect(hands.presses).toBeLessThanOrEqual(6)
      expect(hands.loads).toBeLessThanOrEqual(3)
      const campaign = await service.api.get(`/campaigns/${id}`)
      expect(campaign.state).toBe('scheduled')
      expect(campaign.send_at).toMatch(/T10:30:00/)
      // The count on the button is the list, and the list is what is queued.
      expect(await countOf(id, 'queued')).toBe(PEOPLE)
      expect(visit.faults()).toEqual([])

      // The button of a page that was left open, or of "back": the campaign is scheduled once.
      await page.goBack()
      await page.getByRole('heading', { level: 1 }).waitFor()
      if (page.url().includes('/review')) {
        await page.getByRole('button', { name: /^Schedule for/ }).click()
        await page.waitForURL(/\/report/)
      }
      expect(await countOf(id)).toBe(PEOPLE)
      expect((await service.api.get(`/campaigns/${id}`)).send_at).toBe(campaign.send_at)
    },
  )

  test.each([true, false])('a test email to me takes one press; JavaScript %s', async (javaScript) => {
    const subject = `A test of ${javaScript ? 'one' : 'another'} draft`
    const id = await setTopic(service.api, subject, 20)
    const { page } = await open(`/console/campaigns/${id}`, { javaScript })
    await page.getByRole('button', { name: 'Send a test to me' }).click()
    await page.getByRole('status').filter({ hasText: officer.address }).waitFor()
    const caught = await eventually('the test email is caught', async () =>
      (await service.api.mailbox(officer.address)).find((message) => message.subject.includes(subject)),
    )
    expect(caught.to).toBe(officer.address)
    expect(await countOf(id)).toBe(0)
  })

  test('sending is seen within 3 s, a pause acts within 5 s, and it ends with everybody', async () => {
    const id = await setTopic(service.api, 'Watched live', 30)
    await service.api.post(`/campaigns/${id}/schedule`, { at: 'now' })
    const visit = await open(`/console/campaigns/${id}/report`, { width: PHONE })
    const { page } = visit
    const hands = handsOn(page, 'mouse')
    const shown = async () =>
      Number(/([\d,]+) of/.exec(await page.locator('#progress').innerText())?.[1]?.replace(',', ''))
    await eventually('the first are accepted', async () => ((await countOf(id, 'accepted')) > 20 ? true : undefined))

    const lags: number[] = []
    for (let look = 0; look < 3; look++) {
      const accepted = await countOf(id, 'accepted')
      const from = performance.now()
      await eventually(`the page says ${accepted}`, async () => ((await shown()) >= accepted ? true : undefined))
      lags.push(performance.now() - from)
    }
    expect(lags.sort((a, b) => a - b)[1]).toBeLessThanOrEqual(3000)
    expect(hands.loads).toBe(0)

    const pressed = performance.now()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Resume' }).waitFor()
    await eventually('nothing is in a dialogue any more', async () =>
      (await countOf(id, 'sending')) + (await countOf(id, 'claimed')) === 0 ? true : undefined,
    )
    expect(performance.now() - pressed).toBeLessThanOrEqual(5000)
    const stood = await countOf(id, 'accepted')
    expect(stood).toBeLessThan(PEOPLE)
    // As long as eight more mails would have taken.
    await page.waitForTimeout(400)
    expect(await countOf(id, 'accepted')).toBe(stood)
    await expectSoundEverywhere(visit, 'a paused campaign')

    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByText(`${PEOPLE} of ${PEOPLE} accepted (100 %)`).waitFor({ timeout: PATIENCE })
    await service.api.followCampaign(id)
    // Done: the page has stopped asking.
    await eventually('the last fragment has no trigger', async () =>
      (await page.locator('#progress[hx-trigger]').count()) === 0 ? true : undefined,
    )
    expect((await service.api.mailbox()).filter(({ subject }) => subject === 'Watched live')).toHaveLength(PEOPLE)
    await expectSoundEverywhere(visit, 'a campaign that is done')
    await page.goto(`${service.url}/mailbox`)
    await expectSoundEverywhere(visit, 'the mailbox')
    await page.locator('main a[href^="/mailbox/"]').first().click()
    await page.waitForURL(/\/mailbox\/\d+/)
    await expectSoundEverywhere(visit, 'a message in the mailbox')
  })

  test('"now" waits two minutes, and one press takes it back', async () => {
    const id = await setTopic(service.api, 'Too early', 40)
    const { page } = await open(`/console/campaigns/${id}/review`, { javaScript: false })
    await page.locator('input[name=when][value=now]').check()
    await page.getByRole('button', { name: 'Show these times' }).click()
    await page.getByRole('button', { name: /^Schedule for|^Send to/ }).click()
    await page.waitForURL(/\/report/)
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByText('cancelled').first().waitFor()
    expect((await service.api.get(`/campaigns/${id}`)).state).toBe('cancelled')
    expect(await countOf(id, 'cancelled')).toBe(PEOPLE)
  })
})
