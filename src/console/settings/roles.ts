import type { Role } from '../../lib/permissions.ts'

/** Each role by its name, and what it may do, in words. */
export const ROLE_WORDS: Record<Role, { name: string; may: string }> = {
  director: {
    name: 'Director',
    may: 'Everything: people, rounds, campaigns, sending limits, staff and settings.',
  },
  communications_officer: {
    name: 'Communications officer',
    may: 'Writes, schedules, pauses and stops campaigns; asks who takes part and settles the Inbox; sees participants; changes no people and no settings.',
  },
  data_officer: {
    name: 'Data officer',
    may: 'Imports applications and decides who waits, keeps people and rounds; sees the Inbox and campaigns, and neither writes nor sends them.',
  },
  viewer: {
    name: 'Viewer',
    may: 'Sees rounds, campaigns and figures; sees no names and no addresses of participants; changes nothing.',
  },
}
