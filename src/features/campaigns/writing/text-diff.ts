import { diffLines, diffWordsWithSpace } from 'diff'

/** A stretch of a comparison: in both texts, only in the later, or only in the earlier. */
export interface DiffPart {
  text: string
  kind: 'same' | 'added' | 'removed'
}

/** Words of long, very different texts would take seconds: then lines say enough, or the two texts as a whole. */
const WORDS_MS = 200

/** What differs from `before` to `after`, word by word where that is quick. */
export function diffText(before: string, after: string): DiffPart[] {
  const parts =
    diffWordsWithSpace(before, after, { timeout: WORDS_MS }) ?? diffLines(before, after, { timeout: WORDS_MS })
  if (!parts) {
    const whole: DiffPart[] = [
      { text: before, kind: 'removed' },
      { text: after, kind: 'added' },
    ]
    return whole.filter(({ text }) => text !== '')
  }
  return parts.map(({ value, added, removed }) => ({
    text: value,
    kind: added ? 'added' : removed ? 'removed' : 'same',
  }))
}
