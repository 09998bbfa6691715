import type { Column, Row, Section } from '../../features/reports/index.ts'
import { formatCount } from '../present/numbers.ts'
import { manyOf } from './words.ts'

/** Drawn twice, since the text of a picture shrinks with it: CSS shows the one that fits. */
const SIZES = [
  { name: 'wide', width: 720, height: 230, labels: 12, values: 16 },
  { name: 'phone', width: 340, height: 220, labels: 4, values: 8 },
] as const
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 24, 22, 34]
/** Between the scale and the first point, whose number stands under it. */
const GAP = 20
const STEPS = 4

interface Series {
  column: Column
  values: (number | null)[]
}

/**
 * A line over the rows of a section for the column of its chart, with a second one for that column's base: told apart
 * by dash and marker as well as colour. The finding stands in the title and the description, for who does not see it.
 */
export function drawLines(section: Section) {
  const { chart, columns, rows, row_name } = section
  const column = columns.find(({ key }) => chart?.kind === 'lines' && key === chart.column)
  if (!column || rows.length < 2) return null
  const base = columns.find(({ key }) => key === column.of)
  const series = [column, ...(base ? [base] : [])].map((one) => ({ column: one, values: valuesOf(rows, one) }))
  const known = series.filter(({ values }) => values.some((value) => value !== null))
  if (known.length === 0) return null
  const step = roundUp(Math.max(...known.flatMap(({ values }) => values.map((value) => value ?? 0))) / STEPS)
  return {
    id: `lines-${section.key}`,
    title: `${known.map((one) => one.column.name).join(' and ')} over ${formatCount(rows.length)} ${manyOf(row_name, rows.length)}`,
    description: known.map((one) => describe(one, rows)).join(' '),
    sizes: SIZES.map((size) => ({ ...size, ...drawSize(size, { known, rows, step }) })),
    names: known.map((one, at) => ({ name: one.column.name, first: at === 0 })),
  }
}

const valuesOf = (rows: Row[], { key }: Column) =>
  rows.map(({ counts }) => {
    const count = counts[key]
    return typeof count === 'number' ? count : null
  })

function describe({ column, values }: Series, rows: Row[]): string {
  const points = values.flatMap((value, at) => (value === null ? [] : [{ value, at: rows[at]?.name ?? '' }]))
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) return ''
  const most = points.reduce((best, point) => (point.value > best.value ? point : best), first)
  const say = ({ value, at }: typeof first) => `${formatCount(value)} in ${at}`
  const way = `${column.name}: ${say(first)}, ${say(last)}`
  return most === last ? `${way}, the most so far.` : `${way}; the most were ${say(most)}.`
}

function drawSize(
  { width, height, labels, values: most }: (typeof SIZES)[number],
  { known, rows, step }: { known: Series[]; rows: Row[]; step: number },
) {
  const [right, bottom] = [width - RIGHT, height - BOTTOM]
  const xOf = (at: number) => round(LEFT + GAP + ((right - LEFT - GAP) * at) / (rows.length - 1))
  const yOf = (value: number) => round(bottom - ((bottom - TOP) * value) / (step * STEPS))
  const every = Math.ceil(rows.length / labels)
  return {
    left: LEFT,
    right,
    text_right: LEFT - 6,
    label_y: height - 6,
    grid: Array.from({ length: STEPS + 1 }, (_, at) => ({ y: yOf(at * step), text: formatCount(at * step) })),
    labels: rows.flatMap(({ name }, at) => (at % every === 0 ? [{ x: xOf(at), text: name }] : [])),
    series: known.map(({ values }, at) => ({
      first: at === 0,
      lines: runsOf(values).map((run) => run.map(({ value, at }) => `${xOf(at)},${yOf(value)}`).join(' ')),
      points: values.flatMap((value, of) =>
        value === null
          ? []
          : [
              {
                x: xOf(of),
                y: yOf(value),
                square: { x: xOf(of) - 4, y: yOf(value) - 4 },
                // under its line when the base's is above it
                text_y: yOf(value) + (known.length > 1 ? 17 : -9),
                text: at === 0 && rows.length <= most ? formatCount(value) : '',
              },
            ],
      ),
    })),
  }
}

/** What is not known breaks the line. */
function runsOf(values: (number | null)[]): { value: number; at: number }[][] {
  const runs: { value: number; at: number }[][] = [[]]
  for (const [at, value] of values.entries()) {
    if (value === null) runs.push([])
    else runs.at(-1)?.push({ value, at })
  }
  return runs.filter(({ length }) => length > 1)
}

/** To a number that is read easily; no less than 1. */
function roundUp(value: number): number {
  if (value <= 1) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  const found = [1, 2, 2.5, 3, 4, 5, 6, 8, 10]
    .map((times) => times * power)
    .find((whole) => whole >= value && Number.isInteger(whole))
  return found ?? 10 * power
}

const round = (value: number) => Math.round(value * 10) / 10
