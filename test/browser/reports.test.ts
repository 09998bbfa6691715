import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { fillReports } from '../console/reports-programme.ts'
import { DESK, expectSound, expectSoundEverywhere, PHONE, useBrowser, type Visit } from '../support/browser.ts'
import { signInCookie, useService } from '../support/browser-service.ts'
import { PATIENCE } from '../support/eventually.ts'
import { isMissing } from '../support/programs.ts'

const KB = 1024
const hasOffice = (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'soffice')))
const run = promisify(execFile)

// As text: the project's types know no document.
const OPEN_ALL = "for (const one of document.querySelectorAll('main details')) one.open = true"

/** Of seven rounds, the last with 95 countries and nine topics. */
const REPORTS = ['round', 'rounds', 'engagement', 'delivery', 'association']

describe.skipIf(isMissing('chromium'))('reports in a browser', { timeout: PATIENCE }, () => {
  const service = useService('web')
  const browser = useBrowser()
  let topics: number[]
  let visit: Visit

  beforeAll(async () => {
    // The role that sees most: every figure is a link.
    visit = await browser.open({ cookie: await signInCookie(service, 'data_officer', { name: 'عائشة Okafor' }) })
  }, PATIENCE)

  const open = async (path: string) => {
    const answer = await visit.page.goto(`${service.url}/console/reports${path}`)
    return answer?.status()
  }

  test.each(['', ...REPORTS.map((kind) => `/${kind}`)])('with no round yet: %s', async (path) => {
    expect(await open(path)).toBe(200)
    await expectSoundEverywhere(visit, `empty ${path}`)
  })

  describe('with seven rounds', () => {
    beforeAll(async () => {
      topics = await fillReports(service.deps.db)
    }, PATIENCE)

    const PAGES = [
      ...['', ...REPORTS.map((kind) => `/${kind}`), '/round?as_of=2016-02-20', '/engagement?as_of=2016-02-05'],
      ...[
        '/round?as_of=2199-01-01',
        '/association?pathway=direct',
        '/people?kind=round&round=2016A&section=country&row=BR&column=participants',
      ],
    ]
    test.each(PAGES)('sound on a desk, in the dark and on a phone: %s', async (path) => {
      expect(await open(path)).toBeLessThan(500)
      await expectSoundEverywhere(visit, path)
      await visit.page.emulateMedia({ forcedColors: 'active' })
      await expectSound(visit, `${path} in forced colours`)
      await visit.page.emulateMedia({ forcedColors: null })
    })

    test('sound with everything open, further rows and further figures', async () => {
      await open('/engagement')
      await visit.page.evaluate(OPEN_ALL)
      await expectSoundEverywhere(visit, 'engagement with everything open')
    })

    test.each(['', ...REPORTS])('prints on one sheet of A4, whatever was open: %s', async (kind) => {
      await open(kind && `/${kind}`)
      for (const opened of [false, true]) {
        if (opened) await visit.page.evaluate(OPEN_ALL)
        const pdf = (await visit.page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1')
        expect(pdf.match(/\/Type\s*\/Page\b/g), kind).toHaveLength(1)
        expect(sizeOf(pdf), kind).toEqual([595, 842])
      }
      await visit.page.emulateMedia({ media: 'print' })
      const text = await visit.page.locator('main').innerText()
      expect(text).toContain('Data of')
      if (kind !== '') expect(text).toContain('What is counted.')
      expect(await visit.page.locator('main :is(.button, button):visible').count()).toBe(0)
      await visit.page.emulateMedia({ media: null })
    })

    test('says on paper how many rows it has not got', async () => {
      await open('/round')
      await visit.page.emulateMedia({ media: 'print' })
      expect(await visit.page.locator('main').innerText()).toMatch(/\d+ more countries: on the page and in the CSV/)
      await visit.page.emulateMedia({ media: null })
    })

    test('pages are light, also with 95 countries whose figures lead to people', async () => {
      const weights: string[] = []
      for (const kind of ['', ...REPORTS.map((one) => `/${one}`)]) {
        const first = await browser.open({ cookie: await signInCookie(service, 'data_officer') })
        const path = `${service.url}/console/reports${kind}`
        const { bytes } = await first.weigh(() => first.page.goto(path, { waitUntil: 'networkidle' }))
        await first.close()
        if (bytes > 60 * KB) weights.push(`${kind}: ${bytes}`)
      }
      expect(weights).toEqual([])
    })

    test('a line is drawn for the window that looks: once, with its finding as its name', async () => {
      for (const [width, name] of [
        [DESK, 'wide'],
        [PHONE, 'phone'],
      ] as const) {
        await visit.page.setViewportSize({ width, height: 740 })
        await open('/rounds')
        const charts = visit.page.locator('figure.lines > svg:visible')
        expect(await charts.count()).toBe(1)
        expect(await charts.getAttribute('class')).toBe(name)
        expect(await visit.page.getByRole('img', { name: /1,162 in 2016A/ }).count()).toBe(1)
      }
      await visit.page.setViewportSize({ width: DESK, height: 900 })
    })

    test('a day is chosen and left again by the page itself', async () => {
      const { page } = visit
      await open('/round')
      await page.getByLabel('As it was known on').fill('2016-02-20')
      await page.getByRole('button', { name: 'Show' }).click()
      await page.waitForURL(/as_of=2016-02-20/)
      expect(await page.locator('.data-at').innerText()).toContain('as it was known at the end of 20 February 2016')
      await page.getByRole('link', { name: 'Back to now' }).first().click()
      await page.waitForURL((url) => !url.search.includes('as_of'))
    })

    test('a figure leads to its people, and they to the person', async () => {
      const { page } = visit
      await open('/round')
      await page.locator('#country ~ .table-scroll tbody tr').nth(1).getByRole('link').first().click()
      await page.waitForURL(/reports\/people\?/)
      await page.locator('tbody th a').first().click()
      await page.waitForURL(/console\/participants\/\d+$/)
    })

    test('the campaign’s own report has its figures and links', async () => {
      const { page } = visit
      await page.goto(`${service.url}/console/campaigns/${topics[1]}/report`)
      expect(await page.getByRole('heading', { name: 'What readers did' }).count()).toBe(1)
      await expectSoundEverywhere(visit, 'campaign report')
    })

    test.skipIf(!hasOffice)(
      'LibreOffice reads names in Arabic and Chinese whole (skipped where soffice is not on the PATH)',
      async () => {
        const folder = await mkdtemp(join(tmpdir(), 'pairpost-csv-'))
        const { cookies } = await visit.page.context().storageState()
        const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
        const answer = await fetch(`${service.url}/console/reports/round.csv`, { headers: { cookie } })
        await writeFile(join(folder, 'round.csv'), Buffer.from(await answer.arrayBuffer()))
        const to = 'csv:Text - txt - csv (StarCalc):44,34,76,1'
        // Read as UTF-8, which its dialog chooses by the mark at the beginning; without a dialog it asks for no mark.
        await run('soffice', [
          '--headless',
          '--infilter=Text - txt - csv (StarCalc):44,34,76,1',
          '--convert-to',
          to,
          '--outdir',
          join(folder, 'out'),
          join(folder, 'round.csv'),
        ])
        const read = await readFile(join(folder, 'out', 'round.csv'), 'utf8')
        await rm(folder, { recursive: true, force: true })
        expect(read).toContain('رابطة المكتبات العربية')
        expect(read).toContain('中国图书馆学会')
      },
    )
  })
})

/** Width and height of the sheet in whole points. */
function sizeOf(pdf: string): number[] {
  const box = /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]/.exec(pdf)
  return [Math.round(Number(box?.[1])), Math.round(Number(box?.[2]))]
}
