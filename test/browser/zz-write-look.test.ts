import { describe, expect, test } from 'vitest'
import { createCampaign, scheduleCampaign, updateCampaign } from '../../src/features/campaigns/index.ts'
import { addApplicant, addPartnership, addRound, TOPIC } from '../features/campaigns/round.ts'
import { DESK, expectSound, NARROWEST, PHONE, useBrowser } from '../support/browser.ts'
import { signInCookie, useService } from '../support/browser-service.ts'
import { isMissing } from '../support/programs.ts'

describe.skipIf(isMissing('chromium'))('write', () => {
  const service = useService('web')
  const browser = useBrowser()
  test('all', async () => {
    const { deps } = service
    const problems: string[] = []
    const cookie = await signInCookie(service, 'communications_officer', { name: 'Ana Souza', time_zone: 'Australia/Sydney' })
    const viewer = await signInCookie(service, 'viewer', { name: 'Vi' })
    const looks = [{ width: DESK }, { width: DESK, colorScheme: 'dark' }, { width: PHONE }, { width: NARROWEST }] as const
    async function look(path: string, name: string, who = cookie, before?: (page: any) => Promise<void>) {
      for (const one of looks) {
        const visit = await browser.open({ ...one, cookie: who })
        await visit.page.goto(`${service.url}${path}`)
        await before?.(visit.page)
        const named = `${name}-${one.width}${'colorScheme' in one ? '-dark' : ''}`
        await visit.page.screenshot({ path: `/tmp/wshots/${named}.png`, fullPage: true })
        await expectSound(visit, named).catch((error) => problems.push(`${named}: ${error.message.slice(0, 1500)}`))
        await visit.close()
      }
    }
    await look('/console/campaigns/new', 'new-noround')
    const round = await addRound(deps.db)
    await deps.db.updateTable('programme').set({ languages: ['en', 'fr', 'es', 'ar'], from_name: 'The ILN team' }).execute()
    const people = []
    for (const one of [{ given_name: 'Wolfeschlegelsteinhausenbergerdorff', family_name: 'Featherstonehaugh' }, { given_name: 'أمينة', family_name: 'الحسن' }, { given_name: 'Bo', family_name: '' }, {}]) people.push(await addApplicant(deps.db, round, one))
    await addPartnership(deps.db, round, people.slice(0, 2), { introduced_at: new Date() })
    await look('/console/campaigns/new', 'new')
    const empty = (await createCampaign(deps, { round: '2016A', kind: 'topic' })).id
    await look(`/console/campaigns/${empty}`, 'empty')
    const text = '## This fortnight\n\nHello {{participant.given_name}}, how do you and {{partner.given_name}} choose what to read, {{participant.family_name}}?\n\n- one\n- two\n\n[Read the topic](https://example.org/topics/3){.button}\n\nclick [here](https://example.org)'
    const full = (await createCampaign(deps, { ...TOPIC, subject: 'Topic 3: Reading in a time of too much to read, and what Sigrún Þórsdóttir does', body_markdown: text, extras: { curator: 'Carla Müller', links: [{ title: 'Guide', url: 'https://example.org/g' }] }, variants: { ar: { subject: 'القراءة', preheader: 'كيف تختار', body_markdown: 'مرحبا {{participant.given_name}}، كيف تختار ما تقرأ؟' } } })).id
    await updateCampaign(deps, { id: full, change: { preheader: 'What do you leave?' }, written_by: 'staff 1' })
    await updateCampaign(deps, { id: full, change: { body_markdown: text.replace('choose', 'decide on'), variants: { fr: { subject: 'Lire' } } }, written_by: 'staff 2' })
    await look(`/console/campaigns/${full}`, 'full')
    await look(`/console/campaigns/${full}?language=ar&size=phone&scheme=dark&as=${people[0]}&q=zzz`, 'arabic')
    await look(`/console/campaigns/${full}/history`, 'history')
    await look(`/console/campaigns/${full}/history/3`, 'version')
    await look(`/console/campaigns/${full}`, 'viewer', viewer)
    await look(`/console/campaigns/${full}`, 'faults', cookie, async (page) => {
      await page.evaluate(`document.getElementById('body_markdown').value = 'x'.repeat(210000); for (const d of document.querySelectorAll('details')) d.open = true`)
      await page.fill('#curator', 'c'.repeat(1200))
      await page.click('[form=write][value=save]')
      await page.waitForLoadState()
      await page.evaluate(`document.getElementById('body_markdown').value = 'short'`)
    })
    let n = 0
    await look(`/console/campaigns/${full}`, 'conflict', cookie, async (page) => {
      await page.evaluate(`document.getElementById('subject').value = 'Mine of ${n++}'`)
      await updateCampaign(deps, { id: full, change: { subject: `Theirs is number ${n}` }, written_by: 'staff 2' })
      await page.click('[form=write][value=save]')
      await page.waitForLoadState()
    })
    const frozen = (await createCampaign(deps, { ...TOPIC })).id
    await scheduleCampaign(deps, frozen, { at: new Date(Date.now() + 86400000).toISOString() }).catch((e) => problems.push(String(e)))
    await look(`/console/campaigns/${frozen}`, 'frozen')
    console.log(problems.join('\n\n'))
    expect(problems).toEqual([])
  }, 600_000)
})
