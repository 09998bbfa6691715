import { type KeptImport, REQUIRED, SPREADING } from '../../features/imports/index.ts'
import type { FieldFault } from '../../lib/errors.ts'
import { FIELD_WORDS } from './fields.ts'

type Header = NonNullable<KeptImport['header']>

export interface ColumnField {
  field: string
  label: string
  hint: string
  needed: boolean
  options: { value: number; text: string; selected: boolean }[]
  /** First values of the column that is chosen. */
  samples: string[]
  fault: string
}

const LONGEST_TITLE = 80
const LONGEST_SAMPLE = 30
const cut = (text: string, most: number) => ([...text].length > most ? `${[...text].slice(0, most).join('')}…` : text)

/** Each of our fields with the columns of the file. @param chosen field → number of its column, from 1 */
export function presentColumns(
  header: Header,
  chosen: Record<string, number>,
  faults: readonly FieldFault[],
): ColumnField[] {
  const each = optionsOf(header, false)
  const grouped = optionsOf(header, true)
  return FIELD_WORDS.map(([field, label, hint]) => ({
    field,
    label,
    hint,
    needed: REQUIRED.includes(field),
    options: (SPREADING.has(field) ? grouped : each).map((option) => ({
      ...option,
      selected: option.value === chosen[field],
    })),
    samples: header.samples[(chosen[field] ?? 0) - 1] ?? [],
    fault: faults.find((fault) => fault.field === field)?.message ?? '',
  }))
}

/** @param grouped a question that spreads over columns of one title stands once, by its first */
function optionsOf({ titles, samples }: Header, grouped: boolean) {
  const counts = new Map<string, number>()
  for (const title of titles) counts.set(title, (counts.get(title) ?? 0) + 1)
  return titles.flatMap((title, at) => {
    const same = counts.get(title) ?? 1
    if (grouped && titles.indexOf(title) < at) return []
    const name = title === '' ? `Column ${at + 1}` : cut(title, LONGEST_TITLE)
    const many = same === 1 || title === '' ? '' : grouped ? ` (${same} columns)` : ` (column ${at + 1})`
    const sample = samples[at]?.[0]
    return [{ value: at + 1, text: name + many + (sample ? ` – ${cut(sample, LONGEST_SAMPLE)}` : '') }]
  })
}
