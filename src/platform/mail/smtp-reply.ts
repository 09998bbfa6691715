/** RFC 3463, right after the reply code. */
export function enhancedCode(reply: string): string | undefined {
  return /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(reply)?.[1]
}

/** One line that any column can hold: no control character, no half of a surrogate pair. */
export const clip = (words: string) =>
  words
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 500)
    .toWellFormed()
