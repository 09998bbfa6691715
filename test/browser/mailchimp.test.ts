import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FakeMailchimp } from '../../src/platform/mailchimp/fake/index.ts'
import { addApplicant, addRound } from '../features/campaigns/round.ts'
import { expectSoundEverywhere, useBrowser, type Visit } from '../support/browser.ts'
import { signInCookie, useService } from '../support/browser-service.ts'
import { PATIENCE } from '../support/eventually.ts'
import { openTestMailchimp } from '../support/mailchimp.ts'
import { isMissing } from '../support/programs.ts'

const HOME = '/console/settings/mailchimp'
const LISTS = [
  { id: 'aaaaaaaaaa', name: 'Participants' },
  // In the other direction, with a tag, and a word that is longer than any window.
  { id: 'bbbbbbbbbb', name: `المشاركون<b>${'x'.repeat(300)}` },
]
const PEOPLE = 12

describe.skipIf(isMissing('chromium'))('Mailchimp for the first time', { timeout: PATIENCE }, () => {
  const environment: Record<string, string> = {}
  let fake: FakeMailchimp
  beforeAll(async () => {
    fake = await openTestMailchimp({ lists: LISTS })
    Object.assign(environment, { MAILCHIMP_API_KEY: fake.key, MAILCHIMP_BASE_URL: fake.baseUrl })
  })
  afterAll(() => fake?.close())
  const service = useService('start', environment)
  const browser = useBrowser()
  let visit: Visit

  beforeAll(async () => {
    const { db } = service.deps
    const round = await addRound(db)
    for (let at = 0; at < PEOPLE; at++) {
      const name = at % 3 === 0 ? { given_name: 'عائشة', family_name: 'المنصوري' } : {}
      await addApplicant(db, round, { ...name, state: 'confirmed', address: `reader${at}@library.example` })
    }
    fake.staffAdds('reader1@library.example', 'unsubscribed')
    fake.staffAdds('reader2@library.example', 'subscribed', { FNAME: 'Old' })
    fake.staffAdds('reader3@library.example', 'archived')
    fake.staffAdds('friend@elsewhere.example', 'subscribed')
    visit = await browser.open({ cookie: await signInCookie(service) })
  }, PATIENCE)

  const seen = (named: string) => expectSoundEverywhere(visit, named)
  const goTo = (path: string) => visit.page.goto(service.url + HOME + path)
  const press = async (name: string) => {
    await visit.page.getByRole('button', { name }).click()
    await visit.page.waitForURL(/notice=/)
  }
  /** The page asks by itself until the work has ended. */
  const ended = () => visit.page.locator('[id^=sync-poll]').waitFor({ state: 'detached' })

  test('connect an audience, see what the first sync would do, begin it, and see to who needs a person', async () => {
    const { page } = visit
    await goTo('')
    await seen('audiences to choose from')
    await page.getByLabel('Participants').check()
    await press('Connect this audience')
    await ended()
    await seen('a reading that has ended while the page was open')
    await goTo('')
    await seen('an audience that is read, with nothing written there')
    expect(fake.countMembers().subscribed).toBe(2)
    await page.getByRole('link', { name: 'What would it do?' }).click()
    await page.getByText('9 new, 1 changed, 10 to tag, 1 for a person.').waitFor()
    await seen('what the first sync would do')
    await press('Begin the first sync')
    await ended()
    await goTo('')
    await page.getByText('10 people are in step; 1 needs a person').waitFor()
    await seen('an audience that is in step')
    // All but one who left and one who was archived, and a friend.
    expect(fake.countMembers().subscribed).toBe(PEOPLE - 1)
    await page.getByRole('link', { name: 'to see to' }).click()
    await seen('somebody to see to')
    await press('Put back')
    await goTo('/change')
    await page.getByLabel('Declined').check()
    await press('Save')
    await ended()
    await goTo('')
    await page.getByText('11 people are in step; nobody needs a person').waitFor()
  })
})
