import type { Count } from '../report.ts'
import { isolate } from '../say.ts'

/** Undefined when it is no number. */
export const known = (count: Count | undefined): number | undefined => (typeof count === 'number' ? count : undefined)

/** A campaign as a row names it: what Mailchimp sent says so. */
export function nameCampaign({ name, channel }: { name: string; channel: 'email' | 'mailchimp' }): string {
  return channel === 'mailchimp' ? `${isolate(name)} (through Mailchimp)` : name
}

/** Somebody's text in quotation marks. */
export const quoted = (text: string): string => `“${isolate(text)}”`
