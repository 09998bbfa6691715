/** Counts, shares and days in the words of a report's sentences. */

const COUNT = new Intl.NumberFormat('en-GB')
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })

/** Such as "1,162". */
export const sayCount = (count: number): string => COUNT.format(count)

/** Such as "1 participant", "1,162 participants". */
export function sayMany(count: number, one: string, many = `${one}s`): string {
  return `${sayCount(count)} ${count === 1 ? one : many}`
}

/** Such as "35 %". Never "100 %" of less than all, nor "0 %" of somebody. @param whole above 0 */
export function sayShare(part: number, whole: number): string {
  const percent = Math.round((part / whole) * 100)
  if (percent === 100 && part < whole) return 'over 99 %'
  if (percent === 0 && part > 0) return 'under 1 %'
  return `${sayCount(percent)} %`
}

/** Such as "1,150 of 1,162 participants (99 %)". @param whole above 0 */
export function sayPart(part: number, whole: number, one: string, many = `${one}s`): string {
  return `${sayCount(part)} of ${sayMany(whole, one, many)} (${sayShare(part, whole)})`
}

const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/g

/**
 * Somebody's text within a sentence, so that it turns no word of ours: what turns direction by itself is left out, and
 * one in a right-to-left script is isolated.
 */
export function isolate(text: string): string {
  const plain = text.replace(DIRECTIONS, '')
  return RIGHT_TO_LEFT.test(plain) ? `\u2068${plain}\u2069` : plain
}

/** Such as "3 March 2016". @param day `YYYY-MM-DD` */
export const sayDay = (day: string): string => DAY.format(new Date(`${day}T00:00:00Z`))
