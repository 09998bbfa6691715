import type { Locator, Page } from 'playwright-core'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { listProposals, matchingWork, startMatchingRun } from '../../src/features/matching/index.ts'
import { longWorkHandlers } from '../../src/jobs/long-work.ts'
import { addApplicants, madeUp } from '../features/matching/round.ts'
import { useBrowser, type Visit } from '../support/browser.ts'
import { signInCookie, useService } from '../support/browser-service.ts'
import { PATIENCE } from '../support/eventually.ts'
import { isMissing } from '../support/programs.ts'
import { matchRound } from './full-matching.ts'
import { handsOn } from './stage.ts'

describe.skipIf(isMissing('chromium'))('matching', { timeout: PATIENCE }, () => {
  const service = useService('web')
  const browser = useBrowser()
  let director: Awaited<ReturnType<typeof signInCookie>>

  beforeAll(async () => {
    await addApplicants(service.deps as never, madeUp(20))
    director = await signInCookie(service, 'director')
  }, PATIENCE)

  async function open(path: string, wanted: { javaScript?: boolean } = {}): Promise<Visit> {
    const visit = await browser.open({ cookie: director, ...wanted })
    onTestFinished(() => visit.close())
    await visit.page.goto(service.url + path)
    return visit
  }

  const proposalsOf = async (id: number) => (await listProposals(service.deps, { id })).items
  const focused = (page: Page) => page.evaluate<string>('document.activeElement.id')
  const buttonIn = (page: Page, proposal: number, name: string): Locator =>
    page.locator(`#proposal-${proposal}`).getByRole('button', { name, exact: false })

  test.each([true, false])(
    'a whole review goes by keyboard alone, and the focus comes back to what was changed; JavaScript %s',
    async (javaScript) => {
      const id = await matchRound(service.deps)
      const [first, second] = await proposalsOf(id)
      const visit = await open(`/console/matching/${id}`, { javaScript })
      const { page } = visit
      const hands = handsOn(page, 'keyboard')
      const [one, two] = [first?.id ?? 0, second?.id ?? 0]

      await hands.press(buttonIn(page, one, 'Keep together'))
      await page.waitForURL(/notice=kept/)
      if (javaScript) expect(await focused(page)).toBe(`proposal-${one}`)
      await hands.press(buttonIn(page, one, 'Let go'))
      await page.waitForURL(/notice=let-go/)

      await hands.press(buttonIn(page, two, 'Break'))
      await page.waitForURL(/notice=broken#left-over/)
      await hands.press(page.getByRole('button', { name: 'Undo' }))
      await page.waitForURL(/notice=undone#proposal-/)
      await buttonIn(page, two, 'Break').waitFor()

      await hands.press(page.locator(`#proposal-${one}`).getByRole('link', { name: /^Swap/ }))
      await page.waitForURL(/\/swap/)
      await hands.press(page.getByRole('button', { name: /^Swap/ }).first())
      await page.waitForURL(/notice=swapped#proposal-/)
      const at = /#(proposal-\d+)$/.exec(page.url())?.[1] ?? ''
      await page.locator(`#${at}`).getByText('by hand').waitFor()

      await hands.press(page.getByRole('link', { name: 'Next: approve' }))
      await page.waitForURL(/\/approve$/)
      await hands.press(page.getByRole('link', { name: 'Not yet' }))
      await page.waitForURL(/\/matching\/\d+$/)
      expect(visit.faults()).toEqual([])
    },
  )

  test('j and k go through the proposals, l, s, b and u do what the buttons do, and typing stays typing', async () => {
    const id = await matchRound(service.deps)
    const [first, second, third] = await proposalsOf(id)
    const visit = await open(`/console/matching/${id}`)
    const { page } = visit
    await page.getByText('Keyboard', { exact: true }).waitFor()
    const press = (key: string) => page.keyboard.press(key)

    await page.locator('#q').focus()
    await page.keyboard.type('jklsbu')
    expect(await page.locator('#q').inputValue()).toBe('jklsbu')
    await page.locator('#q').fill('')
    // Outside of the list they mean nothing.
    await page.getByRole('button', { name: 'Show' }).focus()
    await press('b')
    await press('j')
    expect(await focused(page)).toBe('')

    await buttonIn(page, first?.id ?? 0, 'Keep together').focus()
    await press('j')
    expect(await focused(page)).toBe(`proposal-${second?.id}`)
    await press('j')
    await press('k')
    expect(await focused(page)).toBe(`proposal-${second?.id}`)
    await press('Control+l')
    await press('l')
    await page.waitForURL(/notice=kept/)
    expect(await focused(page)).toBe(`proposal-${second?.id}`)
    await press('l')
    await page.waitForURL(/notice=let-go/)
    await press('j')
    expect(await focused(page)).toBe(`proposal-${third?.id}`)
    await press('b')
    await page.waitForURL(/notice=broken/)
    await buttonIn(page, first?.id ?? 0, 'Keep together').focus()
    await press('u')
    await page.waitForURL(/notice=undone/)
    expect(await focused(page)).toBe(`proposal-${third?.id}`)
    await press('s')
    await page.waitForURL(/\/swap\?/)
    expect(visit.faults()).toEqual([])
  })

  test('a run that goes on is seen live, without a press, until it leads to its proposals', async () => {
    const { deps } = service
    const { run_id, job_id } = await startMatchingRun(deps, { code: '2016A', by: 'staff 1' })
    await deps.db.updateTable('jobs').set({ state: 'waiting', done: 30, total: 100 }).where('id', '=', job_id).execute()
    const { page, faults } = await open('/console/matching')
    await page.getByText('waits for a worker').waitFor()
    await longWorkHandlers(deps, matchingWork(deps))['run-long-work']({ job_id }, new AbortController().signal)
    await page.getByRole('link', { name: 'Review it' }).waitFor()
    expect(await page.title()).toBe('Matching: done · Pairpost')
    await page.getByRole('link', { name: 'Review it' }).click()
    await page.waitForURL(new RegExp(`/console/matching/${run_id}$`))
    await page.getByText('10 pairs of 20 people; nobody is left over.').waitFor()
    expect(faults()).toEqual([])
  })

  test('the effect of a weight is seen while it is changed, and nothing is saved before Save', async () => {
    const { page, faults } = await open('/console/matching/criteria')
    const weight = page.getByLabel('Library sector', { exact: true })
    await weight.fill('90')
    await page.keyboard.press('Tab')
    await page.locator('#effect').getByText('Pairs allowed').waitFor()
    // What is typed stays where it is typed.
    expect(await weight.inputValue()).toBe('90')
    await weight.fill('101')
    await page.keyboard.press('Tab')
    await page.locator('#effect').getByText('A weight is a whole number from 0 to 100.').waitFor()
    // The browser says of a refused request what the page says too.
    expect(faults().join()).toMatch(/^console: .*422.*criteria\/effect\)$/)
    await weight.fill('90')
    // Enter saves: it is the first button of the form, not one that moves a criterion.
    await weight.press('Enter')
    await page.waitForURL(/notice=criteria/)
    await page.getByText('90 of 190').waitFor()
    expect(faults()).toEqual([])
  })

  test('two clicks introduce everybody once', async () => {
    const id = await matchRound(service.deps)
    const { page, faults } = await open(`/console/matching/${id}/approve`)
    await page.getByRole('button', { name: 'Approve 10 partnerships' }).dblclick()
    await page.waitForURL(/\/introduce/)
    expect(await service.deps.db.selectFrom('deliveries').selectAll().execute()).toEqual([])
    await page.getByLabel('At another time').check()
    await page.getByLabel('Time', { exact: true }).fill('10:30')
    await page.keyboard.press('Tab')
    await page.getByRole('button', { name: /^Introduce 10 partnerships: email 20 people on .*10:30 UTC$/ }).waitFor()
    await page.getByLabel('Now', { exact: false }).first().check()
    await page.getByRole('button', { name: 'Introduce 10 partnerships: email 20 people now' }).dblclick()
    await page.waitForURL(/\/report/)
    const rows = await service.deps.db.selectFrom('deliveries').selectAll().execute()
    expect(rows).toHaveLength(20)
    expect(new Set(rows.map(({ person_id }) => person_id)).size).toBe(20)
    expect(faults()).toEqual([])
  })
})
