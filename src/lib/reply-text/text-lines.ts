import { splitFlattened } from './flattened.ts'
import { type Line, LOOKED_AT, lineOf, MOST_LINES } from './lines.ts'

/** The lines of a text part; what is beyond the limits is left out. */
export function linesOfText(text: string): Line[] {
  const looked = text.length > LOOKED_AT ? text.slice(0, LOOKED_AT) : text
  return looked
    .split(/\r\n|\n|\r/, MOST_LINES)
    .flatMap(splitFlattened)
    .slice(0, MOST_LINES)
    .map((line) => lineOf(line))
}
