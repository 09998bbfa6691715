import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { createWebhook, NEWS, removeWebhook } from '../../../src/features/webhooks/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { eventually } from '../../support/eventually.ts'
import { queueCampaign } from '../../support/ledger.ts'

test('what is written while a webhook is being removed is written, and told to those that are left', async () => {
  const deps = await openTestDeps()
  const [gone, stays] = await Promise.all(
    [1, 2].map((port) => createWebhook(deps, { url: `http://127.0.0.1:${port}/hook`, types: NEWS, by: 'staff 1' })),
  )
  const campaign_id = await queueCampaign(deps.db, ['ana@library.example'])
  let isThrough = false
  let accepting: Promise<unknown> = Promise.resolve()
  await deps.db.transaction().execute(async (tx) => {
    await removeWebhook({ db: tx as typeof deps.db }, { id: gone?.id as number })
    accepting = deps.db
      .updateTable('deliveries')
      .set({ state: 'accepted' })
      .where('campaign_id', '=', campaign_id)
      .execute()
    accepting
      .catch(() => undefined)
      .finally(() => {
        isThrough = true
      })
    await eventually('it waits for the removal, or is through', async () => {
      const { rows } = await sql`
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(deps.db)
      return rows.length > 0 || isThrough || undefined
    })
  })
  await accepting
  const told = await deps.db.selectFrom('webhook_messages').select(['endpoint_id', 'type']).execute()
  expect(told).toEqual([{ endpoint_id: stays?.id, type: 'delivery.accepted' }])
})
