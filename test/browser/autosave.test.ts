import { describe, expect, onTestFinished, test } from 'vitest'
import { updateCampaign } from '../../src/features/campaigns/index.ts'
import type { Visit } from '../support/browser.ts'
import { signInBrowser, signInCookie } from '../support/browser-service.ts'
import { isMissing } from '../support/programs.ts'
import { BODY, expectCalm, STATE, saved, select, useEditor, value } from './editor-page.ts'

describe.skipIf(isMissing('chromium'))('saving by itself', () => {
  const { browser, load, officer, service, textOf, write } = useEditor()

  test('saves by itself three seconds after the last key, and says the time of the service', async () => {
    const { id, page, visit } = await write()
    const asked: string[] = []
    page.on('request', (request) => request.method() === 'POST' && asked.push(request.url()))
    await select(page, 14, 14)
    await page.keyboard.type(' Four.')
    // The page's clock goes on by itself meanwhile: on a busy machine by more than a moment.
    await page.clock.runFor(2000)
    expect(asked).toEqual([])
    const looked = page.waitForResponse((answer) => answer.url().includes('/findings'))
    const answer = await saved(page, () => page.clock.runFor(1100))
    const { saved_at } = (await answer.json()) as { saved_at: { text: string } }
    expect((await textOf(id)).body_markdown).toBe('One two three. Four.')
    await expect.poll(() => page.textContent(STATE)).toBe(`Saved ${saved_at.text.split(', ')[1]}`)
    // Still on its way, it would be given up when a minute passes at once.
    await (await looked).finished()
    await page.clock.runFor(60_000)
    expect(asked).toHaveLength(1)
    expect(visit.faults()).toEqual([])
  })

  test('who never stops typing has everything saved that is older than eight seconds', async () => {
    const { id, page } = await write({ body_markdown: '' })
    await page.focus(BODY)
    const first = page.waitForResponse((answer) => answer.url().endsWith('/autosave'))
    for (let second = 1; second <= 8; second++) {
      await page.keyboard.type(`${second} `)
      await page.clock.runFor(1000)
    }
    await first
    expect((await textOf(id)).body_markdown).toMatch(/^1 2 3 4 5 6 7 8/)
  })

  test('never two saves at a time: what is typed meanwhile goes with the next', async () => {
    const { id, page } = await write()
    let open = 0
    let most = 0
    await page.route('**/autosave', async (route) => {
      most = Math.max(most, ++open)
      const answer = await route.fetch()
      open--
      await route.fulfill({ response: answer })
    })
    await select(page, 14, 14)
    for (const word of [' a', ' b', ' c', ' d']) {
      await page.keyboard.type(word)
      await page.clock.runFor(3000)
    }
    await expect
      .poll(async () => {
        await page.clock.runFor(3000)
        return (await textOf(id)).body_markdown
      })
      .toBe('One two three. a b c d')
    expect(most).toBe(1)
    await page.unrouteAll({ behavior: 'wait' })
  })

  test('without a connection it keeps trying, and saves at once when it is back', async () => {
    const { id, page } = await write()
    await page.context().setOffline(true)
    await select(page, 14, 14)
    await page.keyboard.type(' Offline.')
    await page.clock.runFor(3000)
    await expect.poll(() => page.textContent(STATE)).toMatch(/no connection/)
    await page.clock.runFor(40_000)
    await page.keyboard.type(' Still.')
    await saved(page, () => page.context().setOffline(false))
    expect((await textOf(id)).body_markdown).toBe('One two three. Offline. Still.')
    await expect.poll(() => page.textContent(STATE)).toMatch(/^Saved/)
  })

  test('a page that is gone before it saved offers the text again, whatever its clock says', async () => {
    const { id, page } = await write()
    await page.context().setOffline(true)
    await select(page, 14, 14)
    await page.keyboard.type(' Unsaved.')
    await page.clock.runFor(600)
    const again = await page.context().newPage()
    await page.close({ runBeforeUnload: false })
    await again.context().setOffline(false)
    await again.clock.install({ time: new Date('1980-01-01T00:00:00Z') })
    await load(again, id)
    await again.getByRole('button', { name: 'Put it back' }).click()
    expect(await value(again)).toBe('One two three. Unsaved.')
    await saved(again, () => again.clock.runFor(3000))
    expect((await textOf(id)).body_markdown).toBe('One two three. Unsaved.')
    await again.clock.runFor(1000)
    await load(again, id)
    expect(await again.locator('#unsaved_copy').count()).toBe(0)
  })

  test('a kept text does not push aside what somebody else wrote since', async () => {
    const { id, page } = await write()
    await page.context().setOffline(true)
    await select(page, 14, 14)
    await page.keyboard.type(' Mine.')
    await page.clock.runFor(600)
    const again = await page.context().newPage()
    await page.close({ runBeforeUnload: false })
    await updateCampaign(service.deps, { id, change: { body_markdown: 'Theirs.' }, written_by: 'staff 999' })
    await again.context().setOffline(false)
    await again.clock.install()
    await load(again, id)
    await again.getByRole('button', { name: 'Put it back' }).click()
    const answer = await saved(again, () => again.clock.runFor(3000))
    expect(answer.status()).toBe(409)
    expect((await textOf(id)).body_markdown).toBe('Theirs.')
    expect(await value(again)).toBe('One two three. Mine.')
  })

  test('two people in one field: both texts are shown, nothing is saved before a choice, nothing is lost', async () => {
    const { id, page, visit } = await write()
    await updateCampaign(service.deps, { id, change: { body_markdown: 'Theirs.' }, written_by: 'staff 999' })
    await select(page, 14, 14)
    await page.keyboard.type(' Mine.')
    const answer = await saved(page, () => page.clock.runFor(3000))
    expect(answer.status()).toBe(409)
    await page.clock.runFor(60_000)
    expect((await textOf(id)).body_markdown).toBe('Theirs.')
    await page.getByRole('button', { name: 'See both texts' }).click()
    await page.waitForSelector('#conflict')
    expect(await value(page)).toBe('One two three. Mine.')
    expect(await value(page, '#theirs_0')).toBe('Theirs.')
    await page.focus(BODY)
    await page.keyboard.type('x')
    await page.clock.runFor(60_000)
    expect((await textOf(id)).body_markdown).toBe('Theirs.')
    expect(visit.faults()).toEqual([expect.stringMatching(/409/)])
  })

  test('two editors, each in a browser of their own, write into one field: every word of both is kept', async () => {
    const { id, page: anas, visit } = await write()
    const bens = await browser.open({ cookie: await signInCookie(service, 'communications_officer', { name: 'Ben' }) })
    onTestFinished(() => bens.close())
    await bens.page.clock.install()
    await load(bens.page, id)

    await select(anas, 14, 14)
    await anas.keyboard.type(' From Ana.')
    await saved(anas, () => anas.clock.runFor(3000))
    await select(bens.page, 14, 14)
    await bens.page.keyboard.type(' From Ben.')
    const met = await saved(bens.page, () => bens.page.clock.runFor(3000))
    expect(met.status()).toBe(409)
    await bens.page.getByRole('button', { name: 'See both texts' }).click()
    await bens.page.waitForSelector('#conflict')
    expect(await value(bens.page, '#theirs_0')).toBe('One two three. From Ana.')
    expect(await value(bens.page)).toBe('One two three. From Ben.')
    await bens.page.locator(BODY).fill('One two three. From Ana. From Ben.')
    await bens.page.getByRole('button', { name: 'Save what I chose' }).click()
    await bens.page.waitForSelector('#conflict', { state: 'detached' })
    expect((await textOf(id)).body_markdown).toBe('One two three. From Ana. From Ben.')

    // Whoever goes on in the older page is told too, and what she wrote stays.
    await anas.locator(BODY).fill('One two three. From Ana, again.')
    const late = await saved(anas, () => anas.clock.runFor(3000))
    expect(late.status()).toBe(409)
    await anas.getByRole('button', { name: 'See both texts' }).click()
    await anas.waitForSelector('#conflict')
    expect(await anas.locator('#conflict bdi').first().innerText()).toBe('Ben')
    // The refusal stands in the console of the browser.
    expect(visit.faults()).toEqual([expect.stringMatching(/409/)])
    await expectCalm(visit, 'both texts of a conflict')
    expect(await value(anas)).toBe('One two three. From Ana, again.')
    expect((await textOf(id)).body_markdown).toBe('One two three. From Ana. From Ben.')
  })

  test('two people in two fields: each gets what the other wrote', async () => {
    const { id, page } = await write()
    const extras = { links: [1, 2, 3].map((n) => ({ title: `Link ${n}`, url: `https://x.example/${n}` })) }
    await updateCampaign(service.deps, { id, change: { subject: 'Their subject', extras }, written_by: 'staff 999' })
    await select(page, 14, 14)
    await page.keyboard.type(' Mine.')
    await saved(page, () => page.clock.runFor(3000))
    await expect.poll(() => value(page, '#subject')).toBe('Their subject')
    await page.focus(BODY)
    await page.keyboard.type(' More.')
    await saved(page, () => page.clock.runFor(3000))
    expect(await textOf(id)).toMatchObject({ subject: 'Their subject', extras })
    expect((await textOf(id)).body_markdown).toMatch(/Mine\..*More\.|More\..*Mine\./)
  })

  test('the same person in two windows is asked which text counts', async () => {
    const { id, page } = await write()
    const other = await page.context().newPage()
    await other.clock.install()
    await load(other, id)
    await other.locator(BODY).fill('From the second window.')
    await saved(other, () => other.clock.runFor(3000))
    await expect.poll(() => page.textContent(STATE)).toMatch(/another window/)
    await page.locator(BODY).fill('From the first window.')
    await page.clock.runFor(60_000)
    expect((await textOf(id)).body_markdown).toBe('From the second window.')
    await page.getByRole('button', { name: 'Go on with this one' }).click()
    await saved(page, () => page.clock.runFor(3000))
    expect((await textOf(id)).body_markdown).toBe('From the first window.')
  })

  test('a session that ends in the middle of writing loses nothing', async () => {
    const { id, page, visit } = await write()
    const context = page.context()
    await context.clearCookies()
    await select(page, 14, 14)
    await page.keyboard.type(' Late.')
    await saved(page, () => page.clock.runFor(3000))
    await expect.poll(() => page.textContent(STATE)).toMatch(/signed out/)
    const second: Visit = { ...visit, page: await context.newPage() }
    await signInBrowser(second, service, officer().address)
    await second.page.close()
    // The new session has other tokens: the page fetches one and tries again.
    await expect
      .poll(async () => {
        await page.clock.runFor(5000)
        return (await textOf(id)).body_markdown
      })
      .toBe('One two three. Late.')
    await expect.poll(() => page.textContent(STATE)).toMatch(/^Saved/)
  })

  test('leaving is asked about only while something is unsaved', async () => {
    const { page, id } = await write()
    let asked = 0
    page.on('dialog', async (dialog) => {
      asked++
      await dialog.accept()
    })
    await select(page, 14, 14)
    await page.keyboard.type(' x')
    await saved(page, () => page.clock.runFor(3000))
    await expect.poll(() => page.textContent(STATE)).toMatch(/^Saved/)
    await load(page, id)
    expect(asked).toBe(0)
    await page.context().setOffline(true)
    await page.focus(BODY)
    await page.keyboard.type(' y')
    await page.goto('about:blank').catch(() => undefined)
    expect(asked).toBe(1)
  })
})
