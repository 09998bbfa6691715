import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawLines } from '../../src/console/reports/present-lines.ts'
import { presentReport } from '../../src/console/reports/present-report.ts'
import { manyOf, sayCount } from '../../src/console/reports/words.ts'
import type { Column, Count, Section } from '../../src/features/reports/index.ts'
import { openPages } from '../../src/platform/http/pages.ts'
import { ASSOCIATION, ENGAGEMENT, ROUND, ROUNDS } from './reports-made-up.ts'

const pages = openPages()
const COLUMN: Column = { key: 'part', name: 'Part', unit: 'people', of: 'all', definition: 'part', is_estimate: false }
const write = (report: typeof ROUND, hrefOf = () => '') =>
  pages.renderPart('console/reports/_report', presentReport(report, hrefOf))

const say = (part: Count, all: Count, column = COLUMN) => {
  const { text, base, share } = sayCount({ key: '', name: '', counts: { part, all } }, column)
  return [text, base, share].filter(Boolean).join(' ').replaceAll('\u00a0', ' ')
}

test('a count is said with its base; what is not a number is said in words and compared with nothing', () => {
  expect(say(612, 1008)).toBe('612 of 1,008 61 %')
  expect(say(0, 0)).toBe('0 of 0')
  expect(say('hidden', 1008)).toBe('not shown')
  expect(say('unknown', 1008)).toBe('not known yet')
  expect(say(612, 'hidden')).toBe('612')
  expect(say(612, 1008, { ...COLUMN, is_estimate: true })).toBe('about 612 of 1,008 61 %')
  expect(say(612, 1008, { ...COLUMN, of: null })).toBe('612')
})

test('a share is 0 % only of nobody and 100 % only of all', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 1e6 }), (all, some) => {
      const part = Math.min(all, some)
      expect(say(part, all).endsWith(' 0 %')).toBe(part === 0)
      expect(say(part, all).endsWith(' 100 %')).toBe(part === all)
    }),
  )
})

test.each([
  ['Country', 'countries'],
  ['Pathway', 'pathways'],
  ['Career stage', 'career stages'],
])('%s: more %s', (one, many) => expect(manyOf(one, 2)).toBe(many))

test('bars show how many and which part: none is longer than its base, and none is drawn of what is not shown', () => {
  const counts = fc.record({ part: fc.nat(5000), rest: fc.nat(5000) })
  fc.assert(
    fc.property(fc.array(counts, { minLength: 1, maxLength: 30 }), (values) => {
      const [section] = ROUND.sections as [Section]
      const rows = values.map(({ part, rest }, at) => ({
        key: String(at),
        name: String(at),
        counts: { participants: part, applicants: part + rest },
      }))
      const [shown] = presentReport({ ...ROUND, sections: [{ ...section, rows }] }, () => '').sections
      for (const { bar } of [...(shown?.rows ?? []), ...(shown?.rest ?? [])]) {
        if (!bar) continue
        expect(bar.fill).toBeLessThanOrEqual(bar.track)
        expect(bar.track).toBeLessThanOrEqual(100)
      }
    }),
  )
})

test('a line breaks where nothing is known, and its description says the first, the last and the most', () => {
  const [section] = ROUNDS.sections as [Section]
  const counts: Count[] = [10, 'unknown', 30, 40, 'hidden', 20, 25]
  const rows = section.rows.map((row, at) => ({
    ...row,
    counts: { participants: counts[at] as Count, applicants: 'unknown' as const },
  }))
  const lines = drawLines({ ...section, rows })
  expect(lines?.description).toBe('Participants: 10 in 2013A, 25 in 2016A; the most were 40 in 2014B.')
  expect(lines?.sizes.map(({ series }) => series.map(({ lines: runs }) => runs.length))).toEqual([[2], [2]])
  for (const { series, width, height } of lines?.sizes ?? [])
    for (const { x, y } of series.flatMap(({ points }) => points)) {
      expect(x).toBeLessThan(width)
      expect(y).toBeLessThan(height)
    }
  expect(drawLines({ ...section, rows: rows.slice(0, 1) })).toBeNull()
  expect(drawLines({ ...section, rows: [] })).toBeNull()
})

test('what is hidden is not shown, is explained, leads nowhere and has no number anywhere', () => {
  const html = write(ASSOCIATION, () => '/console/reports/people')
  expect(html).toContain('not shown')
  expect(html).toContain('Not shown: fewer than 5 people')
  expect(html).not.toContain('/console/reports/people')
  expect(html).toContain('Countries of fewer than 5 people are put together.')
})

test('hostile names stay text, and nothing is styled inline', () => {
  const [section] = ROUND.sections as [Section]
  const name = '"><script>alert(1)</script>\u202e'
  const html = write({
    ...ROUND,
    sentences: [name],
    sections: [{ ...section, name, note: name, rows: [{ key: name, name, counts: { applicants: 1 } }] }],
  })
  expect(html).not.toContain('<script>')
  expect(html).not.toMatch(/\sstyle=/)
})

test('a wide table is parted: what few ask for stands behind a press, the rest has all it needs', () => {
  const [topics] = presentReport(ENGAGEMENT, () => '').sections
  expect(topics?.columns.map(({ name }) => name)).toEqual([
    'Recipients',
    'Accepted',
    'Bounced',
    'Complained',
    'Unsubscribed',
    'Replied',
    'Clicked',
    'Opened (estimate)',
  ])
  expect(topics?.seldom?.columns).toHaveLength(6)
  // Its base is parted off: it is said in the cell, on paper too.
  expect(topics?.rows[0]?.cells.at(-1)).toMatchObject({ text: 'about 400', base: 'of 500', far: true })
})

test('more sections and longer words leave fewer rows on paper, and never none', () => {
  const rowsOf = (report: typeof ROUND) =>
    presentReport(report, () => '').sections.map(
      ({ rows }) => rows.filter(({ off_paper, is_total }) => !off_paper && !is_total).length,
    )
  expect(Math.max(...rowsOf(ROUND))).toBeLessThanOrEqual(12)
  const crowded = { ...ROUND, sections: [...ROUND.sections, ...ROUND.sections, ...ROUND.sections] }
  expect(Math.max(...rowsOf(crowded))).toBeLessThan(Math.max(...rowsOf(ROUND)))
  expect(Math.min(...rowsOf(crowded))).toBeGreaterThan(0)
})

test('a section without rows says what belongs there', () => {
  const html = write({
    ...ROUND,
    sentences: [],
    sections: [{ ...(ROUND.sections[0] as Section), rows: [], total: null }],
    definitions: [],
  })
  expect(html).toContain('Nobody has applied yet.')
  expect(html).not.toContain('<table')
})
