import type { DbOrTx } from '../../../platform/db/open.ts'
import { findSubjectForSlug, takeSlug } from './slug-queries.ts'

const LONGEST = 80
/** Latin letters that Unicode does not take apart into a letter and its mark. */
const LETTERS: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i' }

/**
 * The name of a topic's public copy, made from its subject: "Topic 3: Where we work" -> "topic-3-where-we-work". A
 * subject that is mostly in another script has no such name: it is "topic-" with the number among its round's.
 */
export function chooseSlug(subject: string, number: number): string {
  const plain = subject.replace(/\{\{[^}]*\}\}/g, ' ').toLowerCase()
  const written = plain.replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter] ?? '').normalize('NFKD')
  const letters = written.match(/\p{L}/gu)?.length ?? 0
  const latin = written.match(/[a-z]/g)?.length ?? 0
  const slug = written
    .replace(/\p{M}/gu, '')
    .replace(/['’ʼ]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return latin === 0 || latin * 2 < letters ? `topic-${number}` : shortened(slug, LONGEST)
}

/** Whole words, as many as there is room for. */
export function shortened(slug: string, length: number): string {
  if (slug.length <= length) return slug
  const cut = slug.slice(0, length + 1)
  const end = cut.lastIndexOf('-')
  return (end > 0 ? cut.slice(0, end) : slug.slice(0, length)).replace(/-+$/, '')
}

/**
 * Gives a topic the name of its public copy, once: what was published stays at its address. Two that choose the same
 * name at one time both get one. Other kinds have no public copy.
 */
export async function recordSlug(tx: DbOrTx, campaign: { id: number; kind: string }): Promise<void> {
  if (campaign.kind !== 'topic') return
  const found = await findSubjectForSlug(tx, campaign.id)
  if (!found) return
  const slug = chooseSlug(found.subject, found.number)
  if (await takeSlug(tx, campaign.id, slug)) return
  // Another topic of the round has this name: with its own number nobody else has it.
  const suffix = `-${campaign.id}`
  await takeSlug(tx, campaign.id, `${shortened(slug, LONGEST - suffix.length)}${suffix}`)
}
