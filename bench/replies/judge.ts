import { bare, type Reply } from './sets.ts'

export interface Judgement {
  exact: boolean
  /** Right but for blanks and empty lines. */
  right: boolean
  /** A line of the quote stands in the visible text. */
  leaked: boolean
}

export function judge(reply: Reply, visible: string): Judgement {
  const tidy = (text: string) =>
    text
      .split(/\r\n|\n|\r/)
      .map((line) => line.trimEnd())
      .join('\n')
      .trim()
  const squeezed = (text: string) => text.replace(/[\s\u00a0]+/g, ' ').trim()
  const kept = new Set(reply.expected.split(/\r\n|\n|\r/).map(bare))
  const quoted = new Set(reply.quoted.map(bare))
  return {
    exact: tidy(visible) === tidy(reply.expected),
    right: squeezed(visible) === squeezed(reply.expected),
    leaked: visible.split(/\r\n|\n|\r/).some((line) => quoted.has(bare(line)) && !kept.has(bare(line))),
  }
}
