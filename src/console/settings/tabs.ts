import { mayDo, type Permission, type Role } from '../../lib/permissions.ts'

const TABS = {
  programme: { name: 'Programme', href: '/console/settings', allow: 'settings.read' },
  sending: { name: 'Sending', href: '/console/settings/sending', allow: 'sending.read' },
  suppressions: { name: 'Suppression list', href: '/console/settings/suppressions', allow: 'people.read' },
  languages: { name: 'Languages', href: '/console/settings/languages', allow: 'settings.read' },
  me: { name: 'You', href: '/console/settings/me', allow: 'settings.read' },
  people: { name: 'People and roles', href: '/console/settings/people', allow: 'staff.read' },
  tokens: { name: 'API tokens', href: '/console/settings/tokens', allow: 'staff.read' },
  webhooks: { name: 'Webhooks', href: '/console/settings/webhooks', allow: 'webhooks.read' },
  mailchimp: { name: 'Mailchimp', href: '/console/settings/mailchimp', allow: 'mailchimp.read' },
  retention: { name: 'Keeping and erasing', href: '/console/settings/retention', allow: 'privacy.write' },
  activity: { name: 'Activity', href: '/console/settings/activity', allow: 'activity.read' },
  jobs: { name: 'Jobs', href: '/console/jobs', allow: 'jobs.read' },
  start: { name: 'First steps and demo data', href: '/console/start', allow: 'settings.write' },
} as const satisfies Record<string, { name: string; href: string; allow: Permission }>

export type SettingsTab = keyof typeof TABS

export interface PresentedTab {
  name: string
  href: string
  current: boolean
}

/** What `{{> console/settings/_tabs}}` shows: the pages of the settings that a role may see. */
export function settingsTabs(role: Role, current: SettingsTab): PresentedTab[] {
  return Object.entries(TABS)
    .filter(([, { allow }]) => mayDo(role, allow))
    .map(([tab, { name, href }]) => ({ name, href, current: tab === current }))
}
