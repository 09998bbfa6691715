import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { signToken } from '../../src/lib/tokens.ts'
import { DESK, expectSound, expectSoundEverywhere, PHONE, useBrowser } from '../support/browser.ts'
import { useService } from '../support/browser-service.ts'
import { PATIENCE } from '../support/eventually.ts'
import { isMissing } from '../support/programs.ts'

const MOST_BYTES = 15 * 1024
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

const PERSON = {
  en: { name: 'Amina Okafor', given_name: 'Amina', country: 'KE', language: 'en' },
  ar: { name: 'أمينة الشريف', given_name: 'أمينة', country: 'EG', language: 'ar' },
}
const REST = [
  {
    ...{ sector: 'Public', career_stage: 'Student', association: 'None', previous_round: 'No', wishes: 'Yes' },
  },
  { interests: 'Advocacy', partner_sector: 'No preference', partner_career_stage: 'Similar to mine' },
  { code_of_conduct: 'Yes', commitment: 'Yes', conduct: '1' },
]

describe.skipIf(isMissing('chromium'))('the application form', { timeout: PATIENCE }, () => {
  const service = useService('web')
  const browser = useBrowser()
  /** Forms that are filled in, by language; and emails to their addresses. */
  const paths: Record<string, Record<string, string>> = {}

  async function post(path: string, fields: Record<string, string>): Promise<string> {
    const answer = await fetch(service.url + path, {
      method: 'POST',
      body: new URLSearchParams(fields),
      redirect: 'manual',
    })
    const to = answer.headers.get('location')
    if (answer.status !== 303 || to === null) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return to
  }
  async function fillIn(language: 'en' | 'ar', email: string): Promise<string> {
    let path = await post('/apply/2016A/1', { ...PERSON[language], email })
    for (const fields of REST) path = await post(path, fields)
    return path
  }
  async function sendIn(path: string): Promise<string> {
    const page = await (await fetch(service.url + path)).text()
    return post(path, { version: /name="version" value="(\d+)"/.exec(page)?.[1] ?? '' })
  }
  async function tokenOf(purpose: 'verify' | 'interest', address: string): Promise<string> {
    const { db, keys } = service.deps
    const { id } = await db
      .selectFrom('deliveries')
      .select('id')
      .where('address', '=', address)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow()
    return signToken(keys, purpose, id)
  }

  beforeAll(async () => {
    const rounds = [
      {
        code: '2016A',
        name: 'Round 2016A',
        applications_open_on: day(-3),
        applications_close_on: day(20),
        starts_on: day(40),
      },
      { code: '2016B', name: 'Round 2016B', applications_open_on: day(100), applications_close_on: day(120) },
      { code: '2015B', name: 'Round 2015B', applications_open_on: day(-90), applications_close_on: day(-60) },
    ]
    for (const round of rounds) await service.api.post('/rounds', round)
    for (const language of ['en', 'ar'] as const) {
      const form = await fillIn(language, `open.${language}@library.example`)
      const sent = await sendIn(await fillIn(language, `sent.${language}@library.example`))
      const complete = await sendIn(await fillIn(language, `complete.${language}@library.example`))
      await post(`/apply/verify/${await tokenOf('verify', `complete.${language}@library.example`)}`, { do: 'verify' })
      await post(`/interest?language=${language}`, { ...PERSON[language], email: `wait.${language}@library.example` })
      const interest = await tokenOf('interest', `wait.${language}@library.example`)
      paths[language] = {
        ...Object.fromEntries([1, 2, 3, 4, 5].map((step) => [`page ${step}`, form.replace('/5?', `/${step}?`)])),
        'the beginning': `/apply/2016A?language=${language}`,
        'the first page of a new form': `/apply/2016A/1?language=${language}`,
        'a round that is not open yet': `/apply/2016B?language=${language}`,
        'a round that is closed': `/apply/2015B?language=${language}`,
        'last answers on their way': `/apply/2016A/returning?language=${language}`,
        'put aside': form.replace('/5?', '/later?'),
        sent,
        complete,
        'the link to complete it': `/apply/verify/${await tokenOf('verify', `sent.${language}@library.example`)}`,
        interest: `/interest?language=${language}`,
        'interest on its way': `/interest/asked?language=${language}`,
        'the link of interest': `/interest/verify/${interest}`,
        'leaving the list': `/interest/leave/${interest}`,
        'the code of conduct': `/conduct?language=${language}`,
        expectations: `/expectations?language=${language}`,
      }
    }
  })

  const PAGES = [
    ...['the beginning', 'the first page of a new form', 'page 1', 'page 2', 'page 3', 'page 4', 'page 5'],
    ...[
      'a round that is not open yet',
      'a round that is closed',
      'last answers on their way',
      'put aside',
      'sent',
      'complete',
    ],
    ...['the link to complete it', 'interest', 'interest on its way', 'the link of interest', 'leaving the list'],
    ...['the code of conduct', 'expectations'],
  ].flatMap((name) => (IN_ARABIC.includes(name) ? ['en', 'ar'] : ['en']).map((language) => [name, language]))

  test.each(PAGES)('%s in %s: for everybody, at every width, light and dark', async (name = '', language = '') => {
    const visit = await browser.open({ language })
    const { requests } = await visit.weigh(() => visit.page.goto(service.url + paths[language]?.[name]))
    expect(await visit.page.locator('html').getAttribute('dir')).toBe(language === 'ar' ? 'rtl' : 'ltr')
    expect(await visit.page.locator('h1').count()).toBe(1)
    await expectSoundEverywhere(visit, `${name} ${language}`)
    expect(requests.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(MOST_BYTES)
    expect(await visit.page.context().cookies()).toEqual([])
    expect(await visit.page.locator('script').count()).toBe(0)
    await visit.close()
  })

  test.each(['en', 'ar'])('mistakes on every page in %s are told where they are, for everybody', async (language) => {
    const visit = await browser.open({ language, width: PHONE })
    const { page } = visit
    const form = await fillIn(language as 'en', `mistakes.${language}@library.example`)
    for (const step of [1, 2, 3, 4]) {
      await page.goto(`${service.url}${form.replace('/5?', `/${step}?`)}`)
      await page.evaluate(CLEAR)
      await page.locator('button').first().press('Enter')
      await page.getByRole('alert').waitFor()
      await expectSoundEverywhere(visit, `mistakes on page ${step}`)
      const link = page.getByRole('alert').getByRole('link').first()
      await link.focus()
      await page.keyboard.press('Enter')
      await page.waitForURL('**#*')
      expect(await page.locator(':target').count()).toBe(1)
    }
    await visit.close()
  })

  test.each([
    ['a desk', DESK],
    ['a phone', PHONE],
  ])(
    'without a script and without a mouse somebody applies from %s, goes Back, makes a mistake and completes it',
    async (_where, width) => {
      const visit = await browser.open({ javaScript: false, width })
      const { page } = visit
      const email = `keyboard.${width}@library.example`
      await page.goto(`${service.url}/apply/2016A`)
      await page.getByRole('link', { name: 'Begin' }).press('Enter')
      await type(page, 'Name', 'Ana Souza')
      await type(page, 'What should we call you?', 'Ana')
      await type(page, 'Email address', 'ana@@library')
      await page.getByLabel('Which country do you live in?').selectOption('BR')
      await page.keyboard.press('Tab')
      await page.getByRole('button', { name: 'Continue' }).press('Enter')
      await page.getByRole('link', { name: /Write one whole email address/ }).press('Enter')
      expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Ana Souza')
      await page.getByLabel('Email address').press('ControlOrMeta+A')
      await page.keyboard.type(email)
      await page.keyboard.press('Enter')

      await page.getByRole('heading', { name: 'Your work' }).waitFor()
      for (const choice of ['Public', 'Retired'])
        await page.getByRole('radio', { name: choice, exact: true }).press('Space')
      for (const group of [/associations/, /before/, /wishes/])
        await page.getByRole('group', { name: group }).getByRole('radio').first().press('Space')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Your partner' }).waitFor()
      await page.goBack()
      expect(await page.getByRole('radio', { name: 'Public' }).isChecked()).toBe(true)
      await page.getByRole('button', { name: 'Continue' }).press('Enter')
      await page.getByRole('checkbox', { name: 'Open access' }).press('Space')
      await page.getByRole('button', { name: 'Continue' }).press('Enter')
      await page.getByRole('checkbox', { name: /code of conduct/ }).press('Space')
      await page.getByRole('checkbox', { name: /within a week/ }).press('Space')
      await page.getByRole('button', { name: 'Continue' }).press('Enter')

      await page.getByRole('heading', { name: 'Check your answers' }).waitFor()
      await page.getByRole('link', { name: 'Change: Which library sector' }).press('Enter')
      await page.getByRole('radio', { name: 'School', exact: true }).press('Space')
      await page.getByRole('button', { name: 'Continue' }).press('Enter')
      await page.getByRole('heading', { name: 'Check your answers' }).waitFor()
      await page.getByRole('button', { name: 'Send my application' }).press('Enter')
      await page.getByRole('heading', { name: /look into your mailbox/ }).waitFor()
      await page.goto(`${service.url}/apply/verify/${await tokenOf('verify', email)}`)
      await page.getByRole('button', { name: 'Yes, complete my application' }).press('Enter')
      await page.getByRole('heading', { name: 'Your application is complete' }).waitFor()
      const { items } = await service.api.get('/rounds/2016A/applications?limit=500')
      expect(items).toContainEqual(expect.objectContaining({ address: email, sector: 'School', country_code: 'BR' }))
      await expectSound(visit, 'the end')
      await visit.close()
    },
  )
})

/** One of each kind of page; the others are turned from right to left all the same. */
const IN_ARABIC = ['the beginning', 'page 1', 'page 2', 'page 5', 'sent', 'interest']

/** As text: the project's types know no document. */
const CLEAR = `(() => {
  for (const input of document.querySelectorAll('input')) {
    if (input.type === 'hidden') continue
    input.checked = false
    if (input.type !== 'radio' && input.type !== 'checkbox') input.value = ''
  }
  for (const select of document.querySelectorAll('select')) select.value = ''
})()`

async function type(page: Page, label: string, text: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).focus()
  await page.keyboard.type(text)
}
