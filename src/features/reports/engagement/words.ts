import type { Count } from '../report.ts'

/** Undefined when it is no number. */
export const known = (count: Count | undefined): number | undefined => (typeof count === 'number' ? count : undefined)

const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u

/** Somebody's text in quotation marks. One in a right-to-left script is isolated, so that it turns no word of ours. */
export function quoted(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `“\u2068${text}\u2069”` : `“${text}”`
}
