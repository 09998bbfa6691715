import type { Report } from '../../features/reports/index.ts'
import { presentDay, presentTime } from '../present/time.ts'
import { definedSeldom } from './columns.ts'
import { repeats, rowsOnPaper } from './paper.ts'
import { type PeopleHref, presentSection } from './present-section.ts'

const NOTES = {
  hidden: 'Not shown: fewer than 5 people, or a figure from which a group of fewer than 5 could be computed.',
  unknown: 'Not known yet: nobody has been asked, or it is not over.',
}

/** View model of reports/_report: the same for every kind. */
export function presentReport(report: Report, hrefOf: PeopleHref) {
  const { sentences, sections, definitions, data_at, as_of } = report
  const [lede = '', ...findings] = sentences.map(keepPercents)
  const seldom = definedSeldom(sections)
  const on_paper = rowsOnPaper(report, (key) => !seldom.has(key))
  const counts = sections.flatMap(({ rows, total, columns }) =>
    [...rows, ...(total ? [total] : [])].flatMap((row) => columns.map(({ key }) => row.counts[key])),
  )
  return {
    title: report.title,
    lede,
    findings,
    data_at: presentTime(new Date(data_at), 'UTC'),
    as_of: as_of === null ? '' : presentDay(as_of),
    sections: sections.map((section, at) => ({
      ...presentSection(section, { hrefOf, on_paper }),
      ...repeats(section, sections[at - 1]),
    })),
    notes: (['hidden', 'unknown'] as const).filter((word) => counts.includes(word)).map((word) => NOTES[word]),
    definitions: definitions.map(({ key, name, version, words }) => ({
      ...{ id: `definition-${key}`, name, version, words },
      // What no table on paper has needs no words there.
      on_paper: !seldom.has(key),
    })),
  }
}

const keepPercents = (sentence: string) => sentence.replaceAll(/(?<=\d) (?=%)/g, '\u00a0')
