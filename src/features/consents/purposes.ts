import type { ConsentRow } from './queries.ts'

export const PURPOSES = ['programme_mail', 'news', 'tracking'] as const
export type Purpose = (typeof PURPOSES)[number]

/** How a purpose stands as long as a person has decided nothing: programme mail comes with the application. */
export const DEFAULTS: Record<Purpose, boolean> = { programme_mail: true, news: false, tracking: false }

/**
 * What a withdrawn purpose stops: topic emails and announcements; announcements alone. Automatic email about the reader's
 * own place goes on with both, and tracking is no mail at all.
 */
export const STOPPED_SCOPES: Record<Purpose, 'campaigns' | 'news' | undefined> = {
  programme_mail: 'campaigns',
  news: 'news',
  tracking: undefined,
}

/** How one purpose stands. */
export interface Decided {
  given: boolean
  /** The last decision; null while the default stands. */
  decided: ConsentRow | null
}
