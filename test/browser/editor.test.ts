import { readFileSync } from 'node:fs'
import { brotliCompressSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { PNG } from '../features/pictures/files.ts'
import { DESK, expectSound, PHONE } from '../support/browser.ts'
import { isMissing } from '../support/programs.ts'
import { CODE, FROM_GOOGLE_DOCS, FROM_WORD, GOOGLE_DOCS, WORD } from './clipboards.ts'
import { BODY, expectCalm, paste, press, saved, select, useEditor, value } from './editor-page.ts'

describe.skipIf(isMissing('chromium'))('the editor', () => {
  const { browser, draft, officer, service, textOf, write } = useEditor()

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
    await expect.poll(() => page.locator('dialog').count()).toBe(0)
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
    const frame = () => page.frames().find((one) => one.url().includes('/preview'))
    await frame()?.evaluate('scrollTo(0, 900)')
    await page.locator(BODY).fill(`A new beginning.${'\n\nA paragraph.'.repeat(200)}`)
    await saved(page, () => page.clock.runFor(3000))
    await expect.poll(() => page.frameLocator('#preview').locator('body').textContent()).toMatch(/A new beginning/)
    await expect.poll(() => frame()?.evaluate('scrollY')).toBe(900)
  })

  test.each([
    [DESK, 'light'],
    [PHONE, 'dark'],
  ] as const)(
    'pages with pictures are sound at %i pixels, %s: with a fault, with one added, full',
    async (width, colorScheme) => {
      const id = await draft()
      const visit = await browser.open({ cookie: officer(), width, colorScheme })
      onTestFinished(() => visit.close())
      const { page } = visit
      await page.goto(`${service.url}/console/campaigns/${id}/pictures`)
      await page.setInputFiles('#file', { name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('<svg/>') })
      await page.click('main .primary')
      await page.waitForSelector('#faults')
      await expectSound(visit, 'a fault')
      await page.setInputFiles('#file', { name: 'a.png', mimeType: 'image/png', buffer: PNG })
      await page.fill('#alt', 'A row of books')
      await page.click('main .primary')
      await page.waitForSelector('#kept')
      await expectSound(visit, 'added')
      await page.goto(`${service.url}/console/pictures`)
      await expectSound(visit, 'the library')
    },
  )

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
