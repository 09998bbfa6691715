import { openMatching } from '../features/matching/round.ts'
import { openConsole } from '../support/console.ts'

/** A round of these people, its matching done by hand as the work of a queue would, and the console of a director. */
export async function openReview(...given: Parameters<typeof openMatching>) {
  const matching = await openMatching(...given)
  const visit = await openConsole(matching.deps)
  return { ...matching, visit }
}

/** What is read of a page: its words, without tags. */
export function textOf(html: string): string {
  return html
    .replaceAll(/<(script|style)[^>]*>.*?<\/\1>/gs, '')
    .replaceAll(/<\/(td|th|dt|dd|li|p|h\d|div|summary|option|label|button|strong)>/g, ' ')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ([,;.:])/g, '$1')
    .trim()
}

/** The fields that a form of the page would send, by its action: hidden ones, and inputs as they stand. */
export function fieldsOf(html: string, action: string): Record<string, string | string[]> {
  const form = new RegExp(`<form[^>]*action="${action}"[^>]*>(.*?)</form>`, 's').exec(html)?.[1] ?? ''
  const fields: Record<string, string | string[]> = {}
  const add = (name: string, value: string) => {
    const before = fields[name]
    fields[name] = before === undefined ? value : [before, value].flat()
  }
  for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
    const read = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1]
    const isChoice = /type="(radio|checkbox)"/.test(tag)
    const name = read('name')
    if (name === undefined || name === '_csrf' || (isChoice && !/ checked/.test(tag))) continue
    add(name, readEntities(read('value') ?? ''))
  }
  return fields
}

const readEntities = (text: string) =>
  text.replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&#x3D;', '=').replaceAll('&amp;', '&')
