import { readFileSync } from 'node:fs'
import { brotliCompressSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createCampaign, getCampaign, updateCampaign } from '../../src/features/campaigns/index.ts'
import type { CampaignInput } from '../../src/features/campaigns/schema.ts'
import { addApplicant, addRound, TOPIC } from '../features/campaigns/round.ts'
import { PNG } from '../features/pictures/files.ts'
import { DESK, expectSound, type PageWanted, PHONE, useBrowser, type Visit } from '../support/browser.ts'
import { signInBrowser, signInCookie, useService } from '../support/browser-service.ts'
import { isMissing } from '../support/programs.ts'
import { CODE, FROM_GOOGLE_DOCS, FROM_WORD, GOOGLE_DOCS, WORD } from './clipboards.ts'

const BODY = '#body_markdown'
const STATE = '#save_state'

describe.skipIf(isMissing('chromium'))('the editor', () => {
  const service = useService('web')
  const browser = useBrowser()
  let officer: Awaited<ReturnType<typeof signInCookie>>

  beforeAll(async () => {
    await addApplicant(service.deps.db, await addRound(service.deps.db))
    officer = await signInCookie(service, 'communications_officer')
  })

  const textOf = (id: number) => getCampaign(service.deps, { id })

  async function draft(change: Partial<CampaignInput> = {}): Promise<number> {
    return (await createCampaign(service.deps, { ...TOPIC, body_markdown: 'One two three.', ...change })).id
  }

  /** The write page of a new draft, its toolbar ready, on a clock that is turned by hand. */
  async function write(change: Partial<CampaignInput> = {}, wanted: PageWanted = {}) {
    const id = await draft(change)
    const opened = await browser.open({ cookie: officer, ...wanted })
    // The clock wants to be in every frame, and the preview lets no script in.
    const faults = () => opened.faults().filter((fault) => !/Blocked script execution in .*\/preview\?/.test(fault))
    const visit: Visit = { ...opened, faults }
    onTestFinished(() => visit.close())
    await visit.page.clock.install({ time: new Date('1999-12-31T23:59:00Z') })
    await load(visit.page, id)
    visit.page.setDefaultTimeout(12_000)
    return { id, visit, page: visit.page }
  }

  async function load(page: Page, id: number) {
    await page.goto(`${service.url}/console/campaigns/${id}`)
    await page.waitForSelector('#toolbar:not([hidden])')
    // From here on time stands still but for what a test lets pass.
    await page.clock.pauseAt(await page.evaluate<number>('Date.now() + 1000'))
  }

  /** What looks the page over needs its clock. */
  async function expectCalm(visit: Visit, named: string) {
    await visit.page.clock.resume()
    await expectSound(visit, named)
    await visit.page.clock.pauseAt(await visit.page.evaluate<number>('Date.now() + 1000'))
  }

  /** Whatever the page does next, its answer has come and was dealt with. */
  const saved = (page: Page, act: () => Promise<unknown>) =>
    Promise.all([page.waitForResponse((answer) => answer.url().endsWith('/autosave')), act()]).then(
      ([answer]) => answer,
    )

  /** Runs in the page, with `field` as the element: as text, since the project's types know no document. */
  const inPage = (page: Page, element: string, script: string) =>
    page.evaluate(`((field) => { ${script} })(document.querySelector('${element}'))`)
  const select = (page: Page, from: number, to: number, element = BODY) =>
    inPage(page, element, `field.focus(); field.setSelectionRange(${from}, ${to})`)
  const press = (page: Page, act: string) => page.click(`#toolbar [data-act=${act}]`)
  const value = (page: Page, field = BODY) => page.inputValue(field)

  async function paste(page: Page, data: Record<string, string>, file?: Buffer) {
    await inPage(
      page,
      BODY,
      `
      const clipboardData = new DataTransfer()
      for (const [type, text] of Object.entries(${JSON.stringify(data)})) clipboardData.setData(type, text)
      const octets = ${file ? JSON.stringify(file.toString('base64')) : 'null'}
      if (octets) clipboardData.items.add(new File([Uint8Array.from(atob(octets), (c) => c.charCodeAt(0))], 'a.png', { type: 'image/png' }))
      field.focus()
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    `,
    )
  }

  test.each<[string, string, number, number, string[]]>([
    ['bold', 'One two three.', 4, 7, ['One **two** three.', 'One two three.']],
    ['bold', 'One two three.', 4, 8, ['One **two** three.']],
    ['italic', 'One **two** three.', 6, 9, ['One ***two*** three.', 'One **two** three.']],
    ['heading', 'One\ntwo', 5, 5, ['One\n## two', 'One\n### two', 'One\ntwo']],
    ['list', 'One\ntwo\n\nthree', 0, 14, ['- One\n- two\n\n- three', 'One\ntwo\n\nthree']],
    ['numbers', '- One\n- two', 0, 11, ['1. One\n2. two', 'One\ntwo']],
    ['divider', 'One\ntwo', 3, 3, ['One\n\n---\n\ntwo']],
  ])('%s of "%s" is typed as Markdown, and undo takes it back', async (act, body_markdown, from, to, results) => {
    const { page, visit } = await write({ body_markdown })
    await select(page, from, to)
    for (const result of results) {
      await press(page, act)
      expect(await value(page)).toBe(result)
    }
    for (const result of [...results.slice(0, -1).reverse(), body_markdown]) {
      await page.keyboard.press('Control+z')
      expect(await value(page)).toBe(result)
    }
    expect(visit.faults()).toEqual([])
  })

  test('by keyboard alone: shortcuts, a link, the toolbar with arrows, and Tab leaves the field', async () => {
    const { page, visit } = await write()
    await select(page, 4, 7)
    await page.keyboard.press('Control+b')
    await page.keyboard.press('Control+i')
    expect(await value(page)).toBe('One ***two*** three.')
    await select(page, 14, 19)
    await page.keyboard.press('Control+k')
    await page.keyboard.type('www.example.org/a (b)')
    await expectCalm(visit, 'the dialog')
    await page.keyboard.press('Enter')
    await expect.poll(() => value(page)).toBe('One ***two*** [three](https://www.example.org/a%20%28b%29).')
    await page.keyboard.press('Control+k')
    await page.keyboard.press('Escape')
    expect(await page.locator('dialog').count()).toBe(0)
    await page.locator(BODY).focus()
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.id')).not.toBe('body_markdown')
    await page.focus('#toolbar [data-act=heading]')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    expect(await page.evaluate('document.activeElement.dataset.act')).toBe('italic')
    await page.keyboard.press('ArrowLeft')
    expect(await page.evaluate('document.activeElement.dataset.act')).toBe('bold')
    expect(visit.faults()).toEqual([])
  })

  test('a button stands in a paragraph of its own', async () => {
    const { page } = await write()
    await select(page, 14, 14)
    await press(page, 'button')
    await page.fill('#ask_text', 'See [it]')
    await page.fill('#ask_url', 'team@programme.example')
    await page.click('dialog .primary')
    await expect
      .poll(() => value(page))
      .toBe('One two three.\n\n[See \\[it\\]](mailto:team@programme.example){.button}\n')
  })

  test('a merge field goes where the caret was last, also in the subject, and choosing alone does nothing', async () => {
    const { page } = await write({}, { width: PHONE })
    await select(page, 0, 5, '#subject')
    await page.selectOption('#merge_field', '{{participant.given_name}}')
    expect(await value(page, '#subject')).toBe('Topic 1')
    await press(page, 'merge')
    expect(await value(page, '#subject')).toBe('{{participant.given_name}} 1')
    await select(page, 0, 3)
    await press(page, 'merge')
    expect(await value(page)).toBe('{{participant.given_name}} two three.')
  })

  test.each([
    ['Word', WORD, FROM_WORD, /A picture was left out/],
    ['Google Docs', GOOGLE_DOCS, FROM_GOOGLE_DOCS, /A picture was left out/],
    ['an editor of programs', CODE, '## A heading\nand **bold** words', undefined],
  ])('what was copied in %s becomes Markdown, without its junk', async (_what, html, markdown, says) => {
    const { page, visit } = await write({ body_markdown: '' })
    await paste(page, { 'text/html': html, 'text/plain': '## A heading\nand **bold** words' })
    await expect.poll(() => value(page)).toBe(markdown)
    if (says) await expect.poll(() => page.locator('.hint[role=status]').textContent()).toMatch(says)
    await page.keyboard.press('Control+z')
    expect(await value(page)).toBe('')
    expect(visit.faults()).toEqual([])
  })

  test('plain text stays as it is', async () => {
    const { page } = await write({ body_markdown: '' })
    await page.locator(BODY).focus()
    await paste(page, { 'text/plain': '# not\n* touched' })
    // Nothing here handles it: the browser itself would put it in.
    expect(await value(page)).toBe('')
  })

  test('a pasted picture is described, uploaded and put in', async () => {
    const { page, visit, id } = await write({}, { width: PHONE })
    await select(page, 14, 14)
    await paste(page, {}, PNG)
    await page.waitForSelector('dialog[open]')
    await expectCalm(visit, 'the dialog for a picture')
    await page.fill('#ask_alt', 'A row of books')
    await page.click('dialog .primary')
    await expect
      .poll(() => value(page))
      .toMatch(/^One two three\.\n\n!\[A row of books\]\(http\S+\/pictures\/own\/[0-9a-f]{64}\.png\)\n$/)
    await saved(page, () => page.clock.runFor(3000))
    expect((await textOf(id)).body_markdown).toMatch(/A row of books/)
  })

  test('a picture that is none is refused in words, and the dialog stays', async () => {
    const { page } = await write()
    await press(page, 'picture')
    await page.setInputFiles('#ask_file', { name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('<svg/>') })
    await page.fill('#ask_alt', 'A drawing')
    await page.click('dialog .primary')
    await expect.poll(() => page.locator('dialog [role=alert]').textContent()).toMatch(/SVG/)
    expect(await value(page, '#ask_alt')).toBe('A drawing')
    expect(await value(page)).toBe('One two three.')
  })

  test('saves by itself three seconds after the last key, and says the time of the service', async () => {
    const { id, page, visit } = await write()
    const asked: string[] = []
    page.on('request', (request) => request.method() === 'POST' && asked.push(request.url()))
    await select(page, 14, 14)
    await page.keyboard.type(' Four.')
    await page.clock.runFor(2900)
    expect(asked).toEqual([])
    const answer = await saved(page, () => page.clock.runFor(200))
    const { saved_at } = (await answer.json()) as { saved_at: { text: string } }
    expect((await textOf(id)).body_markdown).toBe('One two three. Four.')
    await expect.poll(() => page.textContent(STATE)).toBe(`Saved ${saved_at.text.split(', ')[1]}`)
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

  test('a browser that is killed before it saved offers the text again, whatever its clock says', async () => {
    const { id, page } = await write()
    await page.context().setOffline(true)
    await select(page, 14, 14)
    await page.keyboard.type(' Unsaved.')
    await page.clock.runFor(600)
    // A page that crashes runs nothing of its own any more.
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
    await signInBrowser(second, service, officer.address)
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

  test('after a save the preview and the checks are those of the saved text', async () => {
    const { page } = await write({ body_markdown: 'See [here](https://x.example).' })
    await page.locator(BODY).fill('A new beginning.')
    await saved(page, () => page.clock.runFor(3000))
    await expect.poll(() => page.frameLocator('#preview').locator('body').textContent()).toMatch(/A new beginning/)
    await expect.poll(() => page.textContent('#findings')).not.toMatch(/does not say where/)
  })

  test('5,000 lines stay quick to write in, and are saved', async () => {
    const body_markdown = 'A line of the text.\n'.repeat(5000)
    const { id, page } = await write({ body_markdown })
    await select(page, 0, 0)
    await press(page, 'bold')
    await page.keyboard.type('Quick')
    await saved(page, () => page.clock.runFor(3000))
    expect((await textOf(id)).body_markdown).toBe(`**Quick**${body_markdown}`)
  })

  test('the preview stays where it was scrolled to', async () => {
    const { page } = await write({ body_markdown: 'A paragraph.\n\n'.repeat(200) })
    const frame = page.frames().find((one) => one.url().includes('/preview'))
    await frame?.waitForLoadState()
    const box = await page.locator('#preview').boundingBox()
    await page.mouse.move((box?.x ?? 0) + 50, (box?.y ?? 0) + 50)
    await page.mouse.wheel(0, 900)
    await page.screenshot({ path: '/tmp/ed/before.png' })
    await select(page, 0, 0)
    await page.keyboard.type('A new beginning. ')
    await saved(page, () => page.clock.runFor(3000))
    await expect.poll(() => page.frameLocator('#preview').locator('body').textContent()).toMatch(/A new beginning/)
    await page.screenshot({ path: '/tmp/ed/after.png' })
  })

  test('pages with pictures are sound, empty, with a fault and full', async () => {
    for (const width of [DESK, PHONE]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        const id = await draft()
        const visit = await browser.open({ cookie: officer, width, colorScheme, javaScript: width === DESK })
        onTestFinished(() => visit.close())
        const { page } = visit
        await page.goto(`${service.url}/console/campaigns/${id}/pictures`)
        await page.click('main .primary')
        await page.waitForSelector('#faults')
        if (width === DESK) await expectSound(visit, `a fault at ${width}, ${colorScheme}`)
        await page.setInputFiles('#file', { name: 'a.png', mimeType: 'image/png', buffer: PNG })
        await page.fill('#alt', 'A row of books')
        await page.click('main .primary')
        await page.waitForSelector('#kept')
        await page.screenshot({ path: `/tmp/ed/add-${width}-${colorScheme}.png`, fullPage: true })
        if (width === DESK) await expectSound(visit, `added at ${width}, ${colorScheme}`)
        await page.goto(`${service.url}/console/pictures`)
        await page.screenshot({ path: `/tmp/ed/lib-${width}-${colorScheme}.png`, fullPage: true })
        if (width === DESK) await expectSound(visit, `library at ${width}, ${colorScheme}`)
      }
    }
  })

  test('the page is sound with its toolbar, at a desk and on a phone', async () => {
    for (const width of [DESK, PHONE]) {
      const { visit } = await write({}, { width })
      await expectCalm(visit, `write at ${width}`)
    }
  })
})

test('the scripts of the editor weigh little', () => {
  const weigh = (name: string) =>
    brotliCompressSync(readFileSync(new URL(`../../templates/pages/assets/${name}.js`, import.meta.url))).length
  expect(weigh('write')).toBeLessThan(6 * 1024)
  expect(weigh('write') + weigh('write-toolbar') + weigh('write-pictures')).toBeLessThan(9 * 1024)
})
