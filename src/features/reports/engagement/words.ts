import type { Count } from '../report.ts'
import { isolate } from '../say.ts'

/** Undefined when it is no number. */
export const known = (count: Count | undefined): number | undefined => (typeof count === 'number' ? count : undefined)

/** Somebody's text in quotation marks. */
export const quoted = (text: string): string => `“${isolate(text)}”`
