import type { Claim, Pricing } from '../../../lib/weighted-matching/index.ts'
import { type Content, fromBytes, toBytes } from './bytes.ts'
import { claimOfContent, claimToContent } from './claim-content.ts'

/** What is asked about all pairs, tile by tile. */
export type Question =
  /** Everybody's best partners, `keep` of each. @param among 1 for people who count; null: everybody */
  | { kind: 'best'; keep: number; among: Uint8Array | null }
  /** The most violated pairs, `keep` of each person. */
  | { kind: 'price'; keep: number; pricing: Pricing }
  /** How many partners these people (1) may have. */
  | { kind: 'count'; of: Uint8Array }
  /** Whether any pair speaks against this. */
  | { kind: 'check'; claim: Claim }

/** @param firstTile the tiles that are asked about begin with this one */
export function questionToBytes(question: Question, firstTile: number): Uint8Array {
  const { kind } = question
  switch (kind) {
    case 'best': {
      const { keep, among } = question
      return toBytes({ head: { kind, firstTile, keep }, columns: among ? { among } : {} })
    }
    case 'price': {
      const { duals, around, blossomDuals, atLeast, ...rest } = question.pricing
      // JSON knows no infinity, and no score is below 0.
      const pricing = { ...rest, atLeast: Math.max(0, atLeast) }
      const head = { kind, firstTile, keep: question.keep, pricing }
      return toBytes({ head, columns: { duals, around, blossomDuals } })
    }
    case 'count':
      return toBytes({ head: { kind, firstTile }, columns: { of: question.of } })
    case 'check': {
      const { head, columns } = claimToContent(question.claim)
      return toBytes({ head: { kind, firstTile, ...head }, columns })
    }
  }
}

export function questionOfBytes(bytes: Uint8Array): { question: Question; firstTile: number } {
  const { head, columns } = fromBytes(bytes)
  return { question: questionOf(head, columns), firstTile: head.firstTile as number }
}

function questionOf(head: Content['head'], columns: Content['columns']): Question {
  const keep = head.keep as number
  switch (head.kind as Question['kind']) {
    case 'best':
      return { kind: 'best', keep, among: (columns.among as Uint8Array | undefined) ?? null }
    case 'price': {
      const { duals, around, blossomDuals } = columns
      return { kind: 'price', keep, pricing: { ...(head.pricing as object), duals, around, blossomDuals } as Pricing }
    }
    case 'count':
      return { kind: 'count', of: columns.of as Uint8Array }
    case 'check':
      return { kind: 'check', claim: claimOfContent({ head, columns }) }
  }
}
