import { Conflict, InvalidInput } from '../../../lib/errors.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { getRoundRow } from '../../rounds/index.ts'
import { checkHierarchy, DEFAULT_HIERARCHY, type Hierarchy } from '../scores/index.ts'
import { LARGEST_GROUP, SMALLEST_GROUP } from './choices.ts'
import { findSettings, listFormAnswers, type SettingsValues, writeSettings } from './settings-queries.ts'

export interface MatchingSettings extends SettingsValues {
  /** What two editors are told apart by; 0 while nothing is saved. */
  version: number
  updated_by: string | null
  updated_at: Date | null
}

const DEFAULTS: MatchingSettings = {
  hierarchy: DEFAULT_HIERARCHY,
  policy: 'floor',
  mode: 'pairs',
  group_size: 4,
  odd_one: 'trio',
  version: 0,
  updated_by: null,
  updated_at: null,
}

/** As saved for the round, else the defaults. @throws NotFound */
export async function getMatchingSettings({ db }: { db: Db }, { code }: { code: string }): Promise<MatchingSettings> {
  const round = await getRoundRow({ db }, { code })
  return readSettings(db, round.id)
}

export async function readSettings(db: DbOrTx, roundId: number): Promise<MatchingSettings> {
  return (await findSettings(db, roundId)) ?? DEFAULTS
}

export interface SettingsSave {
  code: string
  /** What is not given stays. */
  change: Partial<SettingsValues>
  /** The version that its editor had before them. */
  version: number
  by: string
}

/** @throws NotFound, InvalidInput by field, Conflict `settings_changed` */
export async function saveMatchingSettings(
  { db }: { db: Db },
  { code, change, version, by }: SettingsSave,
): Promise<MatchingSettings> {
  const round = await getRoundRow({ db }, { code })
  const before = await readSettings(db, round.id)
  const { hierarchy, policy, mode, group_size, odd_one } = { ...before, ...change }
  const values = { hierarchy, policy, mode, group_size, odd_one }
  await refuseFaults(db, round.id, values)
  const written = version === before.version && (await writeSettings(db, round.id, { seen: version, values, by }))
  if (!written)
    throw new Conflict(
      'settings_changed',
      'Somebody else has changed the matching settings since you opened them. Nothing was saved: look at them again.',
    )
  return readSettings(db, round.id)
}

/** @throws InvalidInput by field: a hierarchy that cannot be used, an answer that no form has, a group of one */
export async function refuseFaults(
  db: DbOrTx,
  roundId: number,
  { hierarchy, mode, group_size }: Pick<SettingsValues, 'hierarchy' | 'mode' | 'group_size'>,
): Promise<void> {
  const faults = await faultsOfHierarchy(db, roundId, hierarchy)
  if (mode === 'groups' && !(group_size >= SMALLEST_GROUP && group_size <= LARGEST_GROUP))
    faults.push({
      field: 'group_size',
      message: `A group has ${SMALLEST_GROUP} to ${LARGEST_GROUP} people.`,
    })
  if (faults.length > 0) throw new InvalidInput(faults)
}

/** What the application form of the programme asks: also of a round whose first form has not come yet. */
const FORM_ANSWERS = DEFAULT_HIERARCHY.criteria.flatMap((criterion) =>
  'answer' in criterion ? [criterion.answer] : [],
)

export async function faultsOfHierarchy(db: DbOrTx, roundId: number, hierarchy: Hierarchy) {
  return checkHierarchy(hierarchy, new Set([...FORM_ANSWERS, ...(await listFormAnswers(db, roundId))]))
}

/** Names of answers in the round's forms: what a criterion can be about. @throws NotFound */
export async function listAnswerNames({ db }: { db: Db }, { code }: { code: string }): Promise<string[]> {
  const round = await getRoundRow({ db }, { code })
  return listFormAnswers(db, round.id)
}
