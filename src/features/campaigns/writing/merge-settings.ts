import type { CampaignRow } from './queries.ts'

/** What a reader sees beside the texts, or what is planned: kept once, not in versions. */
export type CampaignSettings = Pick<CampaignRow, 'from_name' | 'fallbacks' | 'planned_at' | 'web_copy'>

export interface SettingConflict {
  field: keyof CampaignSettings
  theirs: string
  mine: string
}

/**
 * Settings as they are now with a change made to them. `seen` is how they were when the change began: what the change
 * left as it was takes the present value, each fallback by itself; what both sides changed differently is named, and
 * mine is kept in `settings`. Without `seen` the last word counts.
 */
export function mergeSettings(
  now: CampaignSettings,
  change: { [Field in keyof CampaignSettings]?: CampaignSettings[Field] | undefined },
  seen: CampaignSettings = now,
): { settings: CampaignSettings; conflicts: SettingConflict[] } {
  const conflicts: SettingConflict[] = []
  const decide = <Value>(field: keyof CampaignSettings, base: Value, theirs: Value, mine: Value): Value => {
    if (isSame(mine, base)) return theirs
    if (!isSame(theirs, base) && !isSame(theirs, mine))
      conflicts.push({ field, theirs: shown(theirs), mine: shown(mine) })
    return mine
  }
  const take = <Field extends 'from_name' | 'planned_at' | 'web_copy'>(field: Field) =>
    change[field] === undefined ? now[field] : decide(field, seen[field], now[field], change[field])

  const mine = change.fallbacks
  const names = mine ? new Set([...Object.keys(now.fallbacks), ...Object.keys(mine)]) : []
  const fallbacks = [...names].map((name) => [
    name,
    decide('fallbacks', seen.fallbacks[name], now.fallbacks[name], mine?.[name]),
  ])
  const settings = {
    from_name: take('from_name'),
    planned_at: take('planned_at'),
    web_copy: take('web_copy'),
    fallbacks: mine ? Object.fromEntries(fallbacks.filter(([, value]) => value !== undefined)) : now.fallbacks,
  } as CampaignSettings
  return { settings, conflicts }
}

/** Whether readers would see no difference. */
export function looksSame(a: CampaignSettings, b: CampaignSettings): boolean {
  return a.from_name === b.from_name && isSame(sorted(a.fallbacks), sorted(b.fallbacks))
}

function sorted(fallbacks: Record<string, string>): [string, string][] {
  return Object.entries(fallbacks).sort(([a], [b]) => (a < b ? -1 : 1))
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function shown(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'string' ? value : ''
}
