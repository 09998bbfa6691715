import { test } from 'vitest'
import { fillOneOfEach } from '../app/one-of-each.ts'
import { openConsole, openConsoleApp } from '../support/console.ts'
import { openTestDeps } from '../support/deps.ts'

test('compiled', async () => {
  const deps = await openTestDeps()
  await fillOneOfEach(deps)
  const { get } = await openConsole(deps)
  const q = async (w: string) =>
    console.log(
      'P',
      w,
      JSON.stringify(
        (
          await deps.pool.query(
            'select campaign_id, version, compiled is null as n, xmin from campaign_variants order by 1',
          )
        ).rows,
      ),
    )
  await q('before')
  for (const u of [
    '/console/campaigns/2/report',
    '/console/campaigns/2/preview?as=sample&language=en&scheme=light&part=html',
    '/console/start/demo/remove',
  ]) {
    const a = await get(u)
    await q(u + a.statusCode + a.body.slice(0, 200).replaceAll('\n', ' '))
  }
})
