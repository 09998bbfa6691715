import { expect, test } from 'vitest'
import { connectAudience, measureDrift } from '../../../../src/features/mailchimp/index.ts'
import { addPeople, openProgramme } from './programme.ts'

const COUNT = 1162

test('1,162 participants are mirrored in ten calls at most, and nothing is written when nothing changed', async () => {
  const programme = await openProgramme()
  const { deps, fake } = programme
  await addPeople(programme, COUNT)

  let began = performance.now()
  await connectAudience(deps, { list_id: fake.list_id, by: 'staff 1' })
  const connecting = { calls: fake.calls.length, ms: performance.now() - began }
  fake.resetCalls()

  began = performance.now()
  const result = await programme.sync({ whole: true })
  const syncing = { calls: fake.calls.length, ms: performance.now() - began }
  const say = ({ calls, ms }: typeof syncing) => `${calls} calls, ${Math.round(ms)} ms`
  console.log(`${COUNT} participants: connect ${say(connecting)}; sync ${say(syncing)}; at once ${fake.mostAtOnce}`)
  expect(result).toMatchObject({ new: COUNT, tagged: COUNT, for_person: 0, drift: 0, others_there: 0 })
  expect(syncing.calls).toBeLessThanOrEqual(10)
  expect(fake.countMembers()).toEqual({ subscribed: COUNT })
  expect(fake.tags()['2016A confirmed']).toHaveLength(COUNT)
  expect(fake.mostAtOnce).toBeLessThanOrEqual(8)

  fake.resetCalls()
  deps.clock.advance(3600_000)
  await programme.sync({ whole: true })
  expect(fake.writes).toBe(0)
  console.log(`again, with nothing changed: ${fake.calls.length} calls, all of them reads`)
  fake.resetCalls()
  expect(await programme.sync()).toMatchObject({ calls: 0 })
  expect(fake.calls).toHaveLength(0)
  expect(await measureDrift(deps)).toMatchObject({ here: COUNT, there: COUNT, in_step: COUNT, drift: 0 })
})
