import { basename } from 'node:path'
import { insertDraft, type TopicFile } from '../features/campaigns/index.ts'
import { type Answer, recordAnswers } from '../features/confirmations/index.ts'
import { type ImportResult, importApplications } from '../features/imports/index.ts'
import { eachParticipant } from '../features/people/index.ts'
import { addPicture } from '../features/pictures/index.ts'
import {
  DEMO_AUTHOR,
  DEMO_ROUND,
  isDemoImported,
  LOAD_DEMO,
  listDemoTopics,
  readDemoState,
  recordDemoLoaded,
} from '../features/programme/index.ts'
import { createRound, getRoundRow, shiftDay } from '../features/rounds/index.ts'
import type { LongWorkKinds } from '../jobs/long-work.ts'
import type { Clock } from '../lib/clock.ts'
import { Conflict } from '../lib/errors.ts'
import type { Db } from '../platform/db/open.ts'
import {
  cutExport,
  DEMO_EXPORT,
  DEMO_ROUND_VALUES,
  demoTimetable,
  draftOfTopic,
  readDemoExport,
  readDemoFates,
  readDemoPicture,
  readDemoTopics,
} from './files.ts'

const DAYS_BETWEEN_TOPICS = 14

interface Deps {
  db: Db
  clock: Clock
  config: { publicUrl: string; demoScale: number }
}

interface LoadOptions {
  /** Whether everybody's answer is recorded at once; else they are to be asked. */
  answered: boolean
  /** The round starts so many days from now; negative: it has begun. Topic 1 is planned for its first day. */
  starts_in_days: number
  progress?: ((done: number, total: number) => void) | undefined
  signal?: AbortSignal | undefined
}

/**
 * Loads the made-up round: applicants, what they answered if that is wanted, and its nine topics as drafts planned for every
 * second week. Goes on where a run that was lost has ended; everything it makes goes with removeDemo
 * (features/programme).
 * @throws Conflict `not_empty` when there is a round that is not the demo's
 */
export async function loadDemo(
  deps: Deps,
  { answered, starts_in_days, progress, signal }: LoadOptions,
): Promise<DemoRound> {
  const starts_on = shiftDay(deps.clock.now().toISOString().slice(0, 10), starts_in_days)
  await beginDemo(deps, starts_on)
  const imported = await importOnce(deps, { progress, signal })
  signal?.throwIfAborted()
  if (answered) await recordFates(deps)
  return { imported, topics: await addTopics(deps, await readDemoTopics()) }
}

export interface DemoRound {
  /** Undefined when a run before this one had imported them. */
  imported: ImportResult | undefined
  /** Ids of the drafts by the number of their topic. */
  topics: Map<number, number>
}

/** The kind of long work that a director starts from the console. */
export function demoWork(deps: Deps): LongWorkKinds {
  return {
    [LOAD_DEMO]: async ({ progress, signal }) => {
      const { topics } = await loadDemo(deps, { answered: true, starts_in_days: 2, progress, signal })
      return { state: 'done', result: { round: DEMO_ROUND, topics: topics.size } }
    },
  }
}

/** The round and the mark that it is made up come together or not at all. */
async function beginDemo({ db, clock }: Deps, starts_on: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { demo_loaded_at, has_rounds } = await readDemoState(tx, { lock: true })
    if (demo_loaded_at !== null) return
    if (has_rounds)
      throw new Conflict('not_empty', 'The demo wants an empty database: leave DATABASE_URL out, and it makes its own.')
    await createRound({ db: tx, clock }, { ...DEMO_ROUND_VALUES, ...demoTimetable(starts_on) })
    await recordDemoLoaded(tx, clock.now())
  })
}

async function importOnce(
  deps: Deps,
  { progress, signal }: Pick<LoadOptions, 'progress' | 'signal'>,
): Promise<ImportResult | undefined> {
  if (await isDemoImported(deps.db)) return undefined
  const content = cutExport(await readDemoExport(), deps.config.demoScale)
  return importApplications(deps, { code: DEMO_ROUND, content, file_name: DEMO_EXPORT, progress, signal })
}

/** Who did not agree to the code of conduct was never asked. */
const ANSWER_OF = { confirm: 'confirmed', decline: 'declined', silent: 'lapsed', 'no-conduct': undefined } as const

/** As if everybody had answered, or let the last day pass: nobody who has taken part is put back by a second run. */
async function recordFates(deps: Deps): Promise<void> {
  const fates = new Map((await readDemoFates()).map(([address, , fate]) => [address, fate]))
  for await (const page of eachParticipant(deps, { code: DEMO_ROUND, states: ['applied'] })) {
    const answers = page.flatMap(({ person_id, address }): { person_id: number; answer: Answer }[] => {
      const fate = fates.get(address ?? '')
      const answer = fate && ANSWER_OF[fate]
      return answer ? [{ person_id, answer }] : []
    })
    if (answers.length > 0) await recordAnswers(deps, { code: DEMO_ROUND, answers })
  }
}

/** All of the drafts or none; when a run before this one has made them, they are left alone. */
async function addTopics(deps: Deps, topics: Map<number, TopicFile[]>): Promise<Map<number, number>> {
  const pictures = await addPictures(deps, topics)
  return deps.db.transaction().execute(async (tx) => {
    await readDemoState(tx, { lock: true })
    const before = await listDemoTopics(tx)
    if (before.length > 0) return new Map([...topics.keys()].map((number, at) => [number, before[at] ?? 0]))
    const { starts_on } = await getRoundRow({ db: tx }, { code: DEMO_ROUND })
    const made = new Map<number, number>()
    for (const [number, files] of topics) {
      const day = shiftDay(starts_on ?? '', (number - 1) * DAYS_BETWEEN_TOPICS)
      const draft = draftOfTopic(files, (name) => pictures.get(name) ?? '')
      made.set(number, await insertDraft(tx, { ...draft, planned_at: `${day}T09:00:00Z` }, DEMO_AUTHOR))
    }
    return made
  })
}

/** The topics' pictures, served by us. Returns their addresses by the names of their files. */
async function addPictures({ db, config }: Deps, topics: Map<number, TopicFile[]>): Promise<Map<string, string>> {
  const added = new Map<string, string>()
  for (const { extras } of [...topics.values()].flat()) {
    if (!extras.image) continue
    const { url, alt } = extras.image
    const name = basename(url)
    if (added.has(name)) continue
    const content = await readDemoPicture(name)
    const { path } = await addPicture({ db }, { content, file_name: name, uploaded_by: DEMO_AUTHOR, alt })
    added.set(name, `${config.publicUrl}${path}`)
  }
  return added
}
