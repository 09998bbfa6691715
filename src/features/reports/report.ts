import { type Static, Type } from '@fastify/type-provider-typebox'

/**
 * What every report is, whoever shows it: the API's JSON, the CSV, the page and the paper are written from the same
 * object, so that none of them can say another thing. A figure is a count; its column names what it is counted of (the
 * denominator) and how it is defined. What is not known is said to be unknown, and never 0.
 */

/** `hidden`: a small group, or what would tell of one. `unknown`: nobody was asked, or it is not over yet. */
const Count = Type.Union([Type.Integer({ minimum: 0 }), Type.Literal('hidden'), Type.Literal('unknown')])

const Column = Type.Object({
  key: Type.String(),
  name: Type.String(),
  unit: Type.Enum({
    people: 'people',
    countries: 'countries',
    emails: 'emails',
    partnerships: 'partnerships',
    clicks: 'clicks',
  }),
  /** The column that this one is a part of: its denominator. Null for a base. */
  of: Type.Union([Type.String(), Type.Null()]),
  /** Key into `definitions`. */
  definition: Type.String(),
  /** An estimate is never shown as a count. */
  is_estimate: Type.Boolean(),
})

const Row = Type.Object({
  key: Type.String(),
  name: Type.String(),
  /** By column key. */
  counts: Type.Record(Type.String(), Count),
})

const Section = Type.Object({
  /** Such as `country`; the rows are one for each value of it. */
  key: Type.String(),
  name: Type.String(),
  /** What one row is: "Country", "Topic". */
  row_name: Type.String(),
  columns: Type.Array(Column),
  rows: Type.Array(Row),
  total: Type.Union([Row, Type.Null()]),
  /** What a reader of these rows must know: "Rows with fewer than 5 people are put together". Empty when nothing. */
  note: Type.String(),
  /** What belongs here and what to do, shown when there are no rows. */
  empty: Type.String(),
  /** How it is drawn: a bar in each row, or a line over the rows. Null: not at all. */
  chart: Type.Union([
    Type.Object({ kind: Type.Enum({ bars: 'bars', lines: 'lines' }), column: Type.String() }),
    Type.Null(),
  ]),
  /** Whether there is a list of people behind each count: listReportPeople. */
  has_people: Type.Boolean(),
})

const Definition = Type.Object({
  key: Type.String(),
  name: Type.String(),
  /** Raised whenever the same data would give another figure. */
  version: Type.Integer({ minimum: 1 }),
  words: Type.String(),
})

export const Report = Type.Object({
  kind: Type.Enum({
    rounds: 'rounds',
    round: 'round',
    engagement: 'engagement',
    association: 'association',
    delivery: 'delivery',
  }),
  title: Type.String(),
  round: Type.Union([Type.String(), Type.Null()]),
  pathway: Type.Union([Type.String(), Type.Null()]),
  /** The past day that was asked for, its end in UTC; null: as things stand. */
  as_of: Type.Union([Type.String({ format: 'date' }), Type.Null()]),
  /** The moment for which the figures hold. */
  data_at: Type.String({ format: 'date-time' }),
  /** The findings in words, made from the figures; the most telling first. */
  sentences: Type.Array(Type.String()),
  sections: Type.Array(Section),
  definitions: Type.Array(Definition),
})

export type Count = Static<typeof Count>
export type Column = Static<typeof Column>
export type Row = Static<typeof Row>
export type Section = Static<typeof Section>
export type Definition = Static<typeof Definition>
export type Report = Static<typeof Report>
export type ReportKind = Report['kind']
