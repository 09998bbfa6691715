import { sql } from 'kysely'
import { beforeAll, test } from 'vitest'
import { expectSoundEverywhere, PHONE, useBrowser } from '../support/browser.ts'
import { signInCookie, useService } from '../support/browser-service.ts'
import { setRound, setTopic } from './stage.ts'

const service = useService('start', { SEND_LIMITS: '8/1s' })
const browser = useBrowser()
let officer: any
beforeAll(async () => { await setRound(service.api, 60); officer = await signInCookie(service, 'director') }, 200_000)

test('look', { timeout: 580_000 }, async () => {
  const id = await setTopic(service.api, 'Topic 2: Where do we work, and what is it like there when everybody has gone home', 3)
  const other = await setTopic(service.api, 'Topic 1: Getting to know you', -1)
  const broken = await setTopic(service.api, '', 12)
  await service.api.post(`/campaigns/${other}/schedule`, { at: 'now' })
  const shots = async (name: string, path: string, before?: (page: any) => Promise<void>) => {
    for (const [size, width, scheme] of [['desk', 1280, 'light'], ['phone', PHONE, 'dark']] as const) {
      const visit = await browser.open({ cookie: officer, width, colorScheme: scheme })
      await visit.page.goto(service.url + path)
      await before?.(visit.page)
      await visit.page.screenshot({ path: `/tmp/sched-shots/${name}-${size}.png`, fullPage: true })
      if (visit.faults().length) console.log(name, size, visit.faults())
      if (size === 'desk') await expectSoundEverywhere(visit, name).catch((e: Error) => console.log(name, e.message.slice(0, 1500)))
      await visit.close()
    }
  }
  await shots('list', '/console/campaigns')
  await shots('calendar', '/console/campaigns?view=calendar')
  await shots('review', `/console/campaigns/${id}/review`)
  await shots('review-local', `/console/campaigns/${id}/review`, async (page) => {
    await page.locator('input[name=when][value=local]').check()
    await page.getByText('When it leaves on each clock').waitFor()
  })
  await shots('review-problem', `/console/campaigns/${broken}/review`, async (page) => {
    await page.getByRole('button', { name: /^Schedule for/ }).click()
    await page.locator('#faults').waitFor()
  })
  await shots('audience', `/console/campaigns/${id}/audience`)
  await shots('audience-people', `/console/campaigns/${id}/audience/people`)
  await service.api.post(`/campaigns/${other}/pause`).catch(() => undefined)
  await sql`update deliveries set state = 'uncertain' where id in (select id from deliveries where campaign_id = ${other} and state = 'accepted' limit 2)`.execute(service.deps.db)
  await sql`update deliveries set state = 'rejected' where id in (select id from deliveries where campaign_id = ${other} and state = 'accepted' limit 3)`.execute(service.deps.db)
  await shots('report', `/console/campaigns/${other}/report`)
  await shots('people', `/console/campaigns/${other}/people?state=accepted`)
  await shots('uncertain', `/console/campaigns/${other}/people?state=uncertain`)
  await shots('rejected', `/console/campaigns/${other}/people?state=rejected`)
  await shots('uncertain-all', `/console/campaigns/${other}/uncertain`)
  await shots('cancel', `/console/campaigns/${other}/cancel`)
})
