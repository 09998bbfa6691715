import type { RoundRow } from '../features/rounds/index.ts'

/**
 * The round that the console looks at: the one that was chosen, else the one that concerns people now: the latest that
 * has begun and not ended, else the next to begin, else the newest. @param rounds the newest first
 */
export function chooseRound(rounds: RoundRow[], chosen: string | undefined, now: Date): RoundRow | undefined {
  const today = now.toISOString().slice(0, 10)
  const isOver = ({ ends_on }: RoundRow) => ends_on !== null && ends_on < today
  const hasBegun = ({ applications_open_on, starts_on }: RoundRow) => {
    const first = applications_open_on ?? starts_on
    return first !== null && first <= today
  }
  const open = rounds.filter((round) => !isOver(round))
  return rounds.find(({ code }) => code === chosen) ?? open.find(hasBegun) ?? open.at(-1) ?? rounds[0]
}
