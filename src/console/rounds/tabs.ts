import { mayDo, type Permission, type Role } from '../../lib/permissions.ts'

const TABS: { path: string; name: string; allow: Permission }[] = [
  { path: '', name: 'Timetable', allow: 'rounds.read' },
  { path: '/applications', name: 'Applications', allow: 'applications.read' },
  { path: '/confirmations', name: 'Confirmations', allow: 'people.read' },
  { path: '/emails', name: 'Automatic emails', allow: 'campaigns.read' },
]

/** The pages of one round that this role may open. @param current the path of the one that is shown, below the round's */
export function roundTabs(role: Role, code: string, current: string) {
  const own = `/console/rounds/${encodeURIComponent(code)}`
  return TABS.filter(({ allow }) => mayDo(role, allow)).map(({ path, name }) => ({
    href: own + path,
    name,
    current: path === current,
  }))
}
