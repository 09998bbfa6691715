import { expect, onTestFinished, test } from 'vitest'
import { createComposer, scheduleCampaign, sweepDeliveries } from '../../../src/features/campaigns/index.ts'
import { sendDue } from '../../../src/features/deliveries/index.ts'
import { startMailboxServer } from '../../../src/features/mailbox/server.ts'
import { introduce, listIntroductionTroubles } from '../../../src/features/partnerships/index.ts'
import { openTestDeps } from '../../support/deps.ts'
import { neverStopped, sendDeps } from '../../support/ledger.ts'
import { addDraft } from '../campaigns/round.ts'
import { addIntroductions, copiesOf } from './round.ts'

test('with the built-in mailbox every way it can go is seen, and topic emails go to exactly those who were introduced', async () => {
  const deps = await openTestDeps()
  const server = await startMailboxServer({ ...deps, wait: async () => undefined })
  onTestFinished(server.close)
  const { round_id, partnership_ids } = await addIntroductions(deps.db, [
    ['ana', 'ben'],
    ['eva', 'refused'],
    ['permfail', 'dan'],
    ['tempfail-once', 'liv'],
    ['drop-after-dot', 'tom'],
    ['mia', 'permfail-data'],
    ['slow', 'uma', 'zoe'],
  ])
  const run = { ...(await sendDeps(deps, server.url)), compose: createComposer({ ...deps, signer: undefined }) }
  const sweep = () =>
    sweepDeliveries({ ...deps, senderId: run.senderId, countWaiting: async () => 0, ring: async () => undefined })
  const { campaign_id } = await introduce(deps, { round_id, expected_partnerships: 7 })
  for (let minutes = 0; minutes < 3; minutes++) {
    await sweep()
    await sendDue(run, neverStopped())
    deps.clock.advance(61_000)
  }
  await sweep()
  expect(await copiesOf(deps.db, campaign_id)).toEqual({
    ...{ ana: 'accepted', ben: 'accepted' },
    ...{ eva: 'skipped: partner_unreachable', refused: 'rejected' },
    ...{ permfail: 'rejected', dan: 'skipped: partner_unreachable' },
    ...{ 'tempfail-once': 'accepted', liv: 'accepted' },
    ...{ 'drop-after-dot': 'uncertain', tom: 'held: partner_waits' },
    ...{ mia: 'accepted', 'permfail-data': 'rejected' },
    ...{ slow: 'accepted', uma: 'accepted', zoe: 'accepted' },
  })
  const messages = await deps.db.selectFrom('mailbox_messages').select(['rcpt_to', 'subject', 'raw']).execute()
  const names = messages.map(({ rcpt_to }) => rcpt_to.split('@')[0]).sort()
  expect(names).toEqual(['ana', 'ben', 'drop-after-dot', 'liv', 'mia', 'slow', 'tempfail-once', 'uma', 'zoe'])
  const zoe = messages.find(({ rcpt_to }) => rcpt_to.startsWith('zoe@'))
  expect(zoe?.subject).toBe('Meet your partner: Amina and Amina from Kenya')
  expect(String(zoe?.raw)).toContain('slow@library.example and uma@library.example')
  expect(
    (await listIntroductionTroubles(deps.db, round_id)).map(({ kind, partnership_ids: [id] }) => [id, kind]),
  ).toEqual([
    [partnership_ids[1], 'neither'],
    [partnership_ids[2], 'neither'],
    [partnership_ids[4], 'waiting'],
    [partnership_ids[5], 'one_only'],
  ])

  const topic = await addDraft(deps.db, { audience: { matched: true, states: ['confirmed'] } })
  await scheduleCampaign(deps, topic, { at: 'now' })
  expect(Object.keys(await copiesOf(deps.db, topic))).toEqual([
    'ana',
    'ben',
    'tempfail-once',
    'liv',
    'slow',
    'uma',
    'zoe',
  ])
})
