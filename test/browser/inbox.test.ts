import { sql } from 'kysely'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { updateProgramme } from '../../src/features/programme/index.ts'
import { addApplicant } from '../features/campaigns/round.ts'
import { expectSoundEverywhere, useBrowser, type Visit } from '../support/browser.ts'
import { signInCookie, useService } from '../support/browser-service.ts'
import { PATIENCE } from '../support/eventually.ts'
import { isMissing } from '../support/programs.ts'
import { addReply } from './full-replies.ts'

const DAY_MS = 86_400_000
const dayFromNow = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)
const round = (code: string) => `/console/rounds/${code}`

describe.skipIf(isMissing('chromium'))('replies and confirmations in a browser', { timeout: PATIENCE }, () => {
  const service = useService('web')
  const browser = useBrowser()
  let visit: Visit
  let cookie: Awaited<ReturnType<typeof signInCookie>>
  let round_id: number

  beforeAll(async () => {
    const { db } = service.deps
    await updateProgramme(service.deps, {
      ...{ name: 'Network', contact_address: 'hello@iln.example', footer: 'PO Box 1, Sydney' },
    })
    const dates = { confirm_by: dayFromNow(20), starts_on: dayFromNow(40), ends_on: dayFromNow(140) }
    const made = await db
      .insertInto('rounds')
      .values([
        { code: '2016A', name: 'Round 2016A', ...dates },
        { code: '2016B', name: 'Round 2016B' },
      ])
      .returning('id')
      .execute()
    round_id = made[0]?.id as number
    cookie = await signInCookie(service, 'director', { name: 'Maria' })
  }, PATIENCE)

  const open = (given: { javaScript?: boolean; width?: number } = {}) => browser.open({ cookie, ...given })
  beforeEach(async () => {
    visit = await open()
  })
  afterEach(() => visit.close())

  /** Replies of people of their own, the first one first. Returns the ids of their items and people. */
  async function ask(...texts: string[]) {
    await sql`update inbox_items set state = 'done', decision = 'done' where state = 'open'`.execute(service.deps.db)
    const items: { id: number; person: number }[] = []
    for (const [at, visible] of texts.entries()) {
      const given = { given_name: at === 0 ? 'عائشة' : `Person${at}`, country_code: 'FJ' }
      const person = await addApplicant(service.deps.db, round_id, given)
      const reply = { round_id, person_id: person, visible, subject: 'Re: Can you still take part?' }
      items.push({ id: await addReply(service.deps, reply), person })
    }
    return items as [(typeof items)[number], ...typeof items]
  }

  const stateOf = async (person: number) => {
    const { db } = service.deps
    const query = db.selectFrom('applications').select('state').where('person_id', '=', person)
    return (await query.executeTakeFirstOrThrow()).state
  }
  const go = (path: string) => visit.page.goto(service.url + path)
  const press = (key: string) => visit.page.keyboard.press(key)

  test('by the keyboard alone: from the list into a reply, decided, the next one, decided, and nothing is left', async () => {
    const [first, second, third] = await ask('Perhaps yes?', 'Perhaps no?', 'What is this?')
    await go('/console/inbox')
    await press('j')
    await press('j')
    await press('k')
    await press('Enter')
    await visit.page.waitForURL(`**/console/inbox/${first.id}`)
    await press('j')
    await visit.page.waitForURL(`**/console/inbox/${second?.id}`)
    await press('k')
    await visit.page.waitForURL(`**/console/inbox/${first.id}`)
    await press('y')
    await visit.page.waitForURL(`**/console/inbox/${second?.id}?decided=${first.id}`)
    await expectSoundEverywhere(visit, 'a reply after another was decided')
    await press('n')
    await visit.page.waitForURL(`**/console/inbox/${third?.id}?decided=${second?.id}`)
    await press('q')
    await visit.page.waitForURL(`**/console/inbox?decided=${third?.id}`)
    await visit.page.getByRole('heading', { name: 'Nothing waits here' }).waitFor()
    expect([
      await stateOf(first.person),
      await stateOf(second?.person ?? 0),
      await stateOf(third?.person ?? 0),
    ]).toEqual(['confirmed', 'declined', 'applied'])
  })

  test('no key does anything while somebody writes, or with another key held, or once they are switched off', async () => {
    const [item] = await ask('Is it too late?')
    await go(`/console/inbox/${item.id}`)
    await visit.page.getByLabel('Text').fill('')
    await visit.page.getByLabel('Text').focus()
    await visit.page.keyboard.type('yes, no: quite ok, just do it')
    await visit.page.getByLabel('Who looks after it').focus()
    await press('y')
    await visit.page.locator('h1').click()
    await press('Control+y')
    expect(await visit.page.getByLabel('Text').inputValue()).toBe('yes, no: quite ok, just do it')
    await visit.page.getByText('Keyboard').click()
    await visit.page.getByLabel('Use these keys in this browser').uncheck()
    await visit.page.locator('h1').click()
    await press('y')
    await visit.page.reload()
    await visit.page.locator('h1').click()
    await press('y')
    await visit.page.getByText('Keyboard').click()
    expect(await visit.page.getByLabel('Use these keys in this browser').isChecked()).toBe(false)
    expect(new URL(visit.page.url()).pathname).toBe(`/console/inbox/${item.id}`)
    expect(await stateOf(item.person)).toBe('applied')
  })

  test('without JavaScript nothing is said of keys, and everything is done by buttons', async () => {
    const [item] = await ask('Who are you?')
    const plain = await open({ javaScript: false, width: 360 })
    await plain.page.goto(`${service.url}/console/inbox/${item.id}`)
    expect(await plain.page.getByText('Keyboard').isVisible()).toBe(false)
    await plain.page.getByLabel('Text').fill('Dear عائشة,\n\nwe are the Network.')
    await plain.page.getByRole('button', { name: 'Send it, and this is done' }).click()
    await plain.page.waitForURL(/inbox\?decided=/)
    expect(await plain.page.getByRole('status').textContent()).toContain('Done.')
    await plain.close()
  })

  test('two at once: the second is told, keeps what was typed, and nothing is out of place', async () => {
    const [item] = await ask('Maybe')
    await go(`/console/inbox/${item.id}`)
    const other = await open()
    await other.page.goto(`${service.url}/console/inbox/${item.id}`)
    await other.page.getByRole('button', { name: 'No', exact: true }).click()
    await other.page.waitForURL(/decided/)
    await other.close()
    await visit.page.getByLabel('Text').fill('Dear Aisha, is that a yes?')
    await visit.page.getByRole('button', { name: 'Send the reply' }).click()
    await visit.page.getByRole('alert').waitFor()
    expect(await visit.page.getByRole('alert').textContent()).toContain('Maria decided “no”')
    expect(await visit.page.getByLabel('Text').inputValue()).toBe('Dear Aisha, is that a yes?')
    await expectSoundEverywhere(visit, 'a reply that somebody else has decided')
  })

  test('a round whose applicants are to be asked: asked with a fault first, then rightly, then reminded', async () => {
    await ask('One', 'Two')
    await go(`${round('2016A')}/confirmations`)
    await expectSoundEverywhere(visit, 'confirmations before anybody is asked')
    await visit.page.getByLabel('Remind who has not answered').fill('7, 99')
    await visit.page.getByRole('button', { name: /^Ask \d+ applicants? to confirm$/ }).click()
    await visit.page.getByRole('alert').waitFor()
    expect(await visit.page.getByLabel('Remind who has not answered').inputValue()).toBe('7, 99')
    await expectSoundEverywhere(visit, 'asking with a fault')
    await visit.page.getByLabel('Remind who has not answered').fill('7')
    await visit.page.getByRole('button', { name: /^Ask \d+ applicants? to confirm$/ }).click()
    await visit.page.waitForURL(/report/)
    await go(`${round('2016A')}/confirmations`)
    await visit.page.getByRole('button', { name: /^Remind the/ }).waitFor()
    await expectSoundEverywhere(visit, 'confirmations with a reminder planned')
    await visit.page.getByRole('link', { name: 'Reminder: please reply' }).click()
    await visit.page.waitForURL(/campaigns\/\d+$/)
    await expectSoundEverywhere(visit, 'the text of a reminder that leaves by itself')
  })

  test.each(['applications', 'confirmations', 'emails', 'applications/duplicates'])(
    'a round in which nothing has happened: %s',
    async (path) => {
      await go(`${round('2016B')}/${path}`)
      await expectSoundEverywhere(visit, `empty ${path}`)
    },
  )

  test('applicants of a country over its share, let in all the same', async () => {
    const { db } = service.deps
    for (let at = 0; at < 14; at++)
      await addApplicant(db, round_id, { country_code: 'BR', state: at < 12 ? 'applied' : 'waitlisted' })
    await go(`${round('2016A')}/applications?state=waitlisted&country=BR`)
    await visit.page.getByRole('checkbox').first().check()
    await visit.page.getByRole('button', { name: 'Give them a place' }).click()
    await visit.page.getByRole('alert').waitFor()
    await expectSoundEverywhere(visit, 'a place over the cap')
    await visit.page.getByLabel('Let them in over the cap all the same').check()
    await visit.page.getByRole('button', { name: 'Give them a place' }).click()
    await visit.page.getByText('One person has a place now').waitFor()
  })
})
