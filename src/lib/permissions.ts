/** Roles of staff (product.md, "Words") and what each may do. Every route names one permission beside its path. */
export const ROLES = ['director', 'communications_officer', 'data_officer', 'viewer'] as const
export type Role = (typeof ROLES)[number]

const GRANTS = {
  'rounds.read': ['director', 'communications_officer', 'data_officer', 'viewer'],
  'rounds.write': ['director', 'data_officer'],
  'people.read': ['director', 'communications_officer', 'data_officer'],
  'people.write': ['director', 'data_officer'],
  'imports.write': ['director', 'data_officer'],
  'matching.read': ['director', 'communications_officer', 'data_officer'],
  'matching.write': ['director'],
  'applications.read': ['director', 'communications_officer', 'data_officer'],
  'applications.write': ['director', 'data_officer'],
  'confirmations.write': ['director', 'communications_officer'],
  'inbox.read': ['director', 'communications_officer', 'data_officer'],
  'inbox.write': ['director', 'communications_officer'],
  'campaigns.read': ['director', 'communications_officer', 'data_officer', 'viewer'],
  'campaigns.write': ['director', 'communications_officer'],
  'reports.read': ['director', 'communications_officer', 'data_officer', 'viewer'],
  // The people behind a figure: directors see how many.
  'reports.people': ['data_officer'],
  'privacy.write': ['director', 'data_officer'],
  'webhooks.read': ['director'],
  'webhooks.write': ['director'],
  'mailchimp.read': ['director', 'communications_officer', 'data_officer'],
  'mailchimp.write': ['director', 'data_officer'],
  'sending.read': ['director', 'communications_officer', 'data_officer', 'viewer'],
  'sending.write': ['director'],
  'jobs.read': ['director', 'communications_officer', 'data_officer'],
  'staff.read': ['director'],
  'staff.write': ['director'],
  'settings.read': ['director', 'communications_officer', 'data_officer', 'viewer'],
  'settings.write': ['director'],
  'activity.read': ['director'],
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof GRANTS

export function isRole(word: string): word is Role {
  return (ROLES as readonly string[]).includes(word)
}

export function mayDo(role: Role, permission: Permission): boolean {
  return (GRANTS[permission] as readonly Role[]).includes(role)
}
