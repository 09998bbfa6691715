/** Values of merge tags by name; undefined: there is no such tag, and it stays as it is written. */
export type Values = (name: string) => string | undefined

interface Frame {
  /** Whether the branch that is read now is shown. */
  shows: boolean
  /** Whether a branch was shown already. */
  chosen: boolean
  /** Whether what surrounds it is shown. */
  outer: boolean
}

/**
 * Fills in a template of Mailchimp: `*|FNAME|*`, `*|IF:X|*` (also `X=value`, `X!=value`), `*|IFNOT:X|*`,
 * `*|ELSEIF:X|*`, `*|ELSE:|*`, `*|END:IF|*`, nested too, and the modifiers UPPER, LOWER, TITLE, URL and HTML.
 * @param quote for every value, such as for HTML
 */
export function fillIn(template: string, values: Values, quote: (value: string) => string = (value) => value): string {
  const frames: Frame[] = []
  const parts = template.split(/\*\|([^|*\n]{1,300})\|\*/)
  let filled = ''
  const shows = () => frames.at(-1)?.shows ?? true
  parts.forEach((part, at) => {
    if (at % 2 === 0) {
      if (shows()) filled += part
      return
    }
    if (!steer(part, frames, values)) {
      if (shows()) filled += findValue(part, values, quote) ?? `*|${part}|*`
    }
  })
  return filled
}

/** Whether it was a word that steers what is shown. */
function steer(word: string, frames: Frame[], values: Values): boolean {
  const [, kind = '', condition = ''] = /^(IF|IFNOT|ELSEIF|ELSE|END):(.*)$/s.exec(word) ?? []
  const frame = frames.at(-1)
  const show = (holds: boolean, into: Frame) => {
    into.shows = into.outer && !into.chosen && holds
    into.chosen ||= holds
  }
  if (kind === 'IF' || kind === 'IFNOT') {
    const opened: Frame = { shows: false, chosen: false, outer: frame?.shows ?? true }
    show(doesHold(condition, values) === (kind === 'IF'), opened)
    frames.push(opened)
  } else if (kind === 'ELSEIF' && frame) show(doesHold(condition, values), frame)
  else if (kind === 'ELSE' && frame) show(true, frame)
  else if (kind === 'END') frames.pop()
  return kind !== ''
}

function doesHold(condition: string, values: Values): boolean {
  const [, name = '', comparison, wanted = ''] = /^\s*([^!=\s]+)\s*(?:(!=|=)\s*(.*?))?\s*$/s.exec(condition) ?? []
  const value = values(name) ?? ''
  if (comparison === '=') return value === wanted
  return comparison === '!=' ? value !== wanted : value !== ''
}

function findValue(word: string, values: Values, quote: (value: string) => string): string | undefined {
  const plain = values(word)
  if (plain !== undefined) return quote(plain)
  const [, modifier, name = ''] = /^(UPPER|LOWER|TITLE|URL|HTML):(.+)$/.exec(word) ?? []
  const value = modifier && values(name)
  if (value === undefined || value === '') return value
  if (modifier === 'UPPER') return quote(value.toUpperCase())
  if (modifier === 'LOWER') return quote(value.toLowerCase())
  if (modifier === 'TITLE') return quote(value.replace(/(^|\s)\S/g, (first) => first.toUpperCase()))
  return modifier === 'URL' ? encodeURIComponent(value) : value
}
