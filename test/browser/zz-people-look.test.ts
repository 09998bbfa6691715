import { describe, expect, test } from 'vitest'
import { suppressPerson, pausePerson } from '../../src/features/people/index.ts'
import { createRound } from '../../src/features/rounds/index.ts'
import { createCampaign, scheduleCampaign } from '../../src/features/campaigns/index.ts'
import { TOPIC } from '../features/campaigns/round.ts'
import { DESK, expectSound, NARROWEST, PHONE, useBrowser } from '../support/browser.ts'
import { signInCookie, useService } from '../support/browser-service.ts'
import { isMissing } from '../support/programs.ts'
import { csvOf } from '../support/exports.ts'
import { writeFileSync } from 'node:fs'

describe.skipIf(isMissing('chromium'))('people', () => {
  const service = useService('start')
  const browser = useBrowser()
  test('all', { timeout: 600_000 }, async () => {
    const { deps } = service
    const problems: string[] = []
    const cookie = await signInCookie(service, 'director', { name: 'Ana Souza', time_zone: 'Australia/Sydney' })
    const looks = [{ width: DESK }, { width: DESK, colorScheme: 'dark' }, { width: PHONE }, { width: NARROWEST }] as const
    const open = async (name: string, path: string, who = cookie) => {
      for (const one of looks) {
        const visit = await browser.open({ ...one, cookie: who })
        const weight = await visit.weigh(() => visit.page.goto(`${service.url}${path}`))
        for (const d of await visit.page.$$('main details > summary')) await d.click().catch(() => undefined)
        const named = `${name}-${one.width}${'colorScheme' in one ? '-dark' : ''}`
        await visit.page.screenshot({ path: `/tmp/pshots/${named}.png`, fullPage: true })
        if (one.width === DESK) console.log(named, weight.bytes, weight.requests.find((r) => r.url.endsWith(path))?.bytes)
        await expectSound(visit, named).catch((error) => problems.push(`${named}: ${error.message.slice(0, 1500)}`))
        await visit.close()
      }
    }
    await open('no-round', '/console/participants')
    await createRound(deps, { code: '2016A', name: 'Round' })
    await open('empty', '/console/participants')
    await open('upload-empty', '/console/rounds/2016A/import')
    // flow in a browser
    const visit = await browser.open({ cookie })
    const { page } = visit
    await page.goto(`${service.url}/console/rounds/2016A/import`)
    await page.setInputFiles('#file', '/work/shared/data/rounds/2016A-applications.csv')
    await page.getByRole('button', { name: 'Upload' }).click()
    await page.waitForURL(/columns/)
    const columns = page.url().replace(service.url, '')
    await open('columns', columns)
    await page.getByRole('button', { name: 'Check the file' }).click()
    await page.waitForURL(/imports\/\d+$/)
    await page.screenshot({ path: '/tmp/pshots/checking.png' })
    await page.getByRole('button', { name: /^Import [\d,]+ applicants$/ }).waitFor({ timeout: 60_000 })
    const imp = page.url().replace(service.url, '')
    await open('checked', imp)
    await page.getByRole('button', { name: /^Import [\d,]+ applicants$/ }).click()
    await page.getByRole('link', { name: 'Undo the import' }).waitFor({ timeout: 60_000 })
    await page.screenshot({ path: '/tmp/pshots/imported-live.png', fullPage: true })
    expect(visit.faults()).toEqual([])
    await open('imported', imp)
    await open('undo', `${imp}/undo`)
    await open('upload', '/console/rounds/2016A/import')
    await page.goto(`${service.url}/console/rounds/2016A/import`)
    writeFileSync('/tmp/big.csv', Buffer.alloc(45 * 1024 * 1024, 'a,b\n'))
    await page.setInputFiles('#file', '/tmp/big.csv')
    await page.getByRole('button', { name: 'Upload' }).click()
    await page.getByText('The file is larger than 20 MB').first().waitFor()
    await page.screenshot({ path: '/tmp/pshots/too-large.png', fullPage: true })
    writeFileSync('/tmp/hostile.csv', csvOf([{ given: '<b>', address: 'x' }, { given: 'Wolfeschlegelsteinhausenbergerdorff', family: 'Featherstonehaugh', request: 'كتابة '.repeat(50), address: 'averyveryverylongaddressthatdoesnotend.'.repeat(1) + 'x@library.of.the.national.university.example.org' }]))
    await page.goto(`${service.url}/console/rounds/2016A/import`)
    await page.setInputFiles('#file', '/tmp/hostile.csv')
    await page.getByRole('button', { name: 'Upload' }).click()
    await page.waitForURL(/columns/)
    await page.getByRole('button', { name: 'Check the file' }).click()
    await page.getByRole('button', { name: /^Import / }).click({ timeout: 60_000 })
    await page.getByRole('link', { name: 'Undo the import' }).waitFor({ timeout: 60_000 })
    await open('list', '/console/participants')
    await open('none', '/console/participants?q=zzzz&state=confirmed')
    await open('everywhere', '/console/participants?everywhere=1&q=wolf')
    const { id } = await deps.db.selectFrom('people').select('id').where('given_name', 'like', 'Wolf%').executeTakeFirstOrThrow()
    await deps.db.updateTable('applications').set({ state: 'confirmed' }).where('person_id', '>', id - 20).execute()
    await open('person-new', `/console/participants/${id}`)
    await pausePerson(deps, { id, until: new Date(Date.now() + 86400000), source: 'delivery 1' })
    const ids: number[] = []
    for (let i = 0; i < 2; i++) {
      const c = await createCampaign(deps, { ...TOPIC, round: '2016A', subject: `Topic ${i}: reading` })
      ids.push(c.id)
      await deps.db.updateTable('campaigns').set({ tested_version: 1 }).execute()
      await scheduleCampaign(deps as any, { id: c.id, at: 'now', hold_seconds: 0, force: true } as any).catch((e: any) => console.log('sched', e.message))
      if (i === 0) await deps.db.updateTable('suppressions').set({ lifted_at: new Date() }).execute()
    }
    await new Promise((r) => setTimeout(r, 6000))
    await suppressPerson(deps, { id, scope: 'all', reason: 'removed', source: 'staff 1' })
    await open('person', `/console/participants/${id}?campaign=${ids[0]}`)
    await open('edit', `/console/participants/${id}/edit`)
    await open('remove', `/console/participants/${id}/remove`)
    await open('suppressions', '/console/settings/suppressions')
    await open('suppressions-none', '/console/settings/suppressions?q=zz')
    console.log(problems.join('\n\n'))
    expect(problems).toEqual([])
  })
})
