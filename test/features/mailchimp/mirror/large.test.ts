import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { importApplications } from '../../../../src/features/imports/index.ts'
import { connectAudience, measureDrift } from '../../../../src/features/mailchimp/index.ts'
import { createRound } from '../../../../src/features/rounds/index.ts'
import { haveExports, readExport, readFates } from '../../../support/exports.ts'
import { openProgramme } from './programme.ts'

const CODE = '2016A'
const PARTICIPANTS = 1162
const LATER_MS = 3600_000

test.skipIf(!haveExports)(
  'the whole of 2016A, imported from its export and confirmed, is mirrored in ten calls at most',
  async () => {
    const programme = await openProgramme()
    const { deps, fake } = programme
    await createRound(deps, { code: CODE, name: `Round ${CODE}`, starts_on: '2016-03-01' })
    await importApplications(deps, { code: CODE, content: readExport(CODE) })
    const ends = (wanted: string) => readFates(CODE).flatMap(([address, , fate]) => (fate === wanted ? [address] : []))
    for (const [fate, state] of [
      ['confirm', 'confirmed'],
      ['decline', 'declined'],
      ['silent', 'lapsed'],
    ])
      await sql`update applications set state = ${state} where person_id in (
      select person_id from addresses where address = any(${ends(fate as string)}::text[]))`.execute(deps.db)

    const began = performance.now()
    await connectAudience(deps, { list_id: fake.list_id, by: 'staff 1' })
    const connected = { calls: fake.calls.length, ms: performance.now() - began }
    fake.resetCalls()
    const result = await programme.sync({ whole: true })
    const ms = performance.now() - began - connected.ms
    console.log(
      `${result.new} of 2016A: connect ${connected.calls} calls, ${Math.round(connected.ms)} ms; ` +
        `first sync ${fake.calls.length} calls, ${Math.round(ms)} ms, at once ${fake.mostAtOnce}`,
    )
    expect(result).toMatchObject({ new: PARTICIPANTS, for_person: 0, drift: 0 })
    expect(fake.calls.length).toBeLessThanOrEqual(10)
    expect(fake.mostAtOnce).toBeLessThanOrEqual(8)
    expect(fake.tags()).toMatchObject({ [`${CODE} confirmed`]: { length: PARTICIPANTS } })

    fake.resetCalls()
    deps.clock.advance(LATER_MS)
    await programme.sync({ whole: true })
    expect(fake.writes).toBe(0)
    expect(await measureDrift(deps)).toMatchObject({ in_step: PARTICIPANTS, drift: 0 })
  },
)
