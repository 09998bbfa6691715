import type { Ring } from '../../../jobs/catalog.ts'
import { parseAddress } from '../../../lib/address.ts'
import type { Clock } from '../../../lib/clock.ts'
import { InvalidInput, NotFound } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { queueTest } from '../../deliveries/index.ts'
import { type Compiled, chooseVariant, parseLanguage } from '../content/index.ts'
import { ensureCompiled } from '../writing/compiled.ts'
import { findMergeRow } from '../writing/queries.ts'

interface TestDeps {
  db: Db
  clock: Clock
  ring: Ring
}

/**
 * Queues a test email of the present version: through the same code, ledger and limits as any other, but in nobody's
 * figures. @throws InvalidInput for a bad address or a text that does not compile, NotFound
 */
export async function requestTest(
  { db, clock, ring }: TestDeps,
  id: number,
  input: { to: string; as?: number | null; language?: string },
): Promise<{ delivery: { id: number; url: string } }> {
  const campaign = await db
    .selectFrom('campaigns')
    .select(['version', 'language'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (!campaign) throw new NotFound(`Campaign ${id}`)
  const to = parseAddress(input.to)
  if (!to.ok) throw new InvalidInput([{ field: 'to', message: to.message }])
  const compiled = await ensureCompiled({ db }, id, campaign.version)
  const person = input.as == null ? undefined : await findMergeRow(db, id, input.as)
  if (input.as != null && !person) throw new NotFound(`Person ${input.as}`)
  const delivery = await queueTest(db, {
    campaign_id: id,
    version: campaign.version,
    language:
      input.language === undefined
        ? chooseVariant(compiled.keys(), person?.language ?? campaign.language, campaign.language)
        : chosenLanguage(compiled, input.language),
    person_id: person?.person_id ?? null,
    address: to.address,
    domain: to.domain,
    now: clock.now(),
  })
  await db.updateTable('campaigns').set({ tested_version: campaign.version }).where('id', '=', id).execute()
  await ring('sweep-deliveries', {})
  return { delivery: { id: delivery, url: `/api/v1/deliveries/${delivery}` } }
}

function chosenLanguage(compiled: ReadonlyMap<string, Compiled>, wanted: string): string {
  const language = parseLanguage(wanted)
  if (language !== undefined && compiled.has(language)) return language
  throw new InvalidInput([{ field: 'language', message: `There is no text in "${wanted}".` }])
}
