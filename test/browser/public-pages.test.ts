import { beforeAll, describe, expect, test } from 'vitest'
import { createCampaign, scheduleCampaign } from '../../src/features/campaigns/index.ts'
import { signToken } from '../../src/lib/tokens.ts'
import { addApplicant, addPartnership, addRound } from '../features/campaigns/round.ts'
import { readTopic } from '../journeys/round.ts'
import { expectSound, expectSoundEverywhere, PHONE, useBrowser } from '../support/browser.ts'
import { useService } from '../support/browser-service.ts'
import { PATIENCE } from '../support/eventually.ts'
import { isMissing } from '../support/programs.ts'

const MOST_BYTES = 15 * 1024

describe.skipIf(isMissing('chromium'))('pages that readers see', { timeout: PATIENCE }, () => {
  const service = useService('web')
  const browser = useBrowser()
  const tokens: Record<string, { preferences: string; unsubscribe: string; check_in: string }> = {}

  beforeAll(async () => {
    const { db, keys } = service.deps
    const round = await addRound(db)
    const ids: number[] = []
    for (const language of ['en', 'ar']) {
      const given_name = language === 'ar' ? 'أمينة' : 'Amina'
      ids.push(await addApplicant(db, round, { given_name, language, state: 'confirmed' }))
    }
    await addPartnership(db, round, ids, { introduced_at: new Date() })
    const { id } = await createCampaign(service.deps, await readTopic())
    await scheduleCampaign(service.deps, id, { at: 'now' })
    await db.updateTable('campaigns').set({ state: 'sending', started_at: new Date() }).where('id', '=', id).execute()
    const deliveries = await db.selectFrom('deliveries').select(['id', 'language']).execute()
    for (const { id: delivery, language } of deliveries)
      tokens[language] = {
        preferences: signToken(keys, 'preferences', delivery),
        unsubscribe: signToken(keys, 'unsubscribe', delivery),
        check_in: signToken(keys, 'check_in', delivery),
      }
  })

  const PAGES: [string, 'en' | 'ar', string][] = [
    ['preferences', 'en', '/p/preferences/{preferences}'],
    ['preferences', 'ar', '/p/preferences/{preferences}'],
    ['stop everything', 'en', '/p/preferences/{preferences}/stop'],
    ['stop everything', 'ar', '/p/preferences/{preferences}/stop'],
    ['leave the round', 'en', '/p/preferences/{preferences}/leave?round=2016A'],
    ['leave the round', 'ar', '/p/preferences/{preferences}/leave?round=2016A'],
    ['how it goes', 'en', '/p/check-in/{check_in}'],
    ['how it goes', 'ar', '/p/check-in/{check_in}'],
    ['unsubscribe', 'en', '/u/{unsubscribe}'],
    ['unsubscribe', 'ar', '/u/{unsubscribe}'],
    ['a broken link', 'en', '/p/preferences/nobody'],
    ['a broken link', 'ar', '/u/nobody'],
    ['the topics of a round', 'en', '/topics/2016A'],
    ['the topics of a round', 'ar', '/topics/2016A'],
    ['a topic', 'en', '/topics/2016A/topic-1-getting-to-know-you'],
    ['a topic', 'ar', '/topics/2016A/topic-1-getting-to-know-you/ar'],
    ['nothing there', 'en', '/topics/2016A/nothing-there'],
    ['nothing there', 'ar', '/nowhere-at-all'],
  ]

  test.each(PAGES)('%s in %s: for everybody, at every width, light and dark', async (name, language, path) => {
    const url = service.url + path.replace(/\{(\w+)\}/, (_, of) => tokens[language]?.[of as 'preferences'] ?? '')
    const visit = await browser.open({ language })
    const { requests } = await visit.weigh(() => visit.page.goto(url))
    expect(await visit.page.locator('html').getAttribute('dir')).toBe(language === 'ar' ? 'rtl' : 'ltr')
    await expectSoundEverywhere(visit, `${name} ${language}`)
    // Pictures are what they are; the page around them is ours to keep small.
    const weighed = requests.filter((request) => !request.url.includes('/pictures/'))
    expect(weighed.reduce((sum, one) => sum + one.bytes, 0)).toBeLessThanOrEqual(MOST_BYTES)
    expect(weighed.length).toBeGreaterThan(1)
    expect(await visit.page.context().cookies()).toEqual([])
    expect(await visit.page.locator('script').count()).toBe(0)
    await visit.close()
  })

  test('a reader without a mouse pauses, is told of a mistake at its field, and ends the pause', async () => {
    const visit = await browser.open({ width: PHONE })
    const { page } = visit
    await page.goto(`${service.url}/p/preferences/${tokens.en?.preferences}`)
    // The browser's own check stands aside, as in one that has none.
    await page.getByLabel('What should we call you?').focus()
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.type('see https://evil.example')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: /Write what we should call you/ }).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL('**#given_name')
    await expectSound(visit, 'preferences with a fault')
    expect(await page.getByLabel('What should we call you?').inputValue()).toBe('see https://evil.example')

    await page.goto(`${service.url}/p/preferences/${tokens.en?.preferences}`)
    const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
    await page.getByLabel('No such emails before').fill(until)
    await page.keyboard.press('Enter')
    await page.getByRole('status').waitFor()
    expect(await page.getByRole('status').innerText()).toBe('The pause has begun.')
    await expectSound(visit, 'preferences in a pause')
    await page.getByRole('button', { name: 'End the pause now' }).press('Enter')
    expect(await page.getByRole('status').innerText()).toBe('The pause is over.')
    await visit.close()
  })

  test('a reader stops everything after reading what it means, and comes back', async () => {
    const visit = await browser.open({ language: 'ar' })
    const { page } = visit
    await page.goto(`${service.url}/p/preferences/${tokens.ar?.preferences}`)
    await page.getByRole('link', { name: 'إيقاف كل شيء' }).click()
    await page.getByRole('button').click()
    await page.getByRole('status').waitFor()
    await expectSound(visit, 'everything stopped')
    await page.getByRole('button', { name: 'أرسلوا إليّ الرسائل من جديد' }).click()
    expect(await page.getByRole('status').innerText()).toBe('تصلكم رسائلنا من جديد.')
    await visit.close()
  })
})
