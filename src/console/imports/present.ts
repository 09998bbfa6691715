import type { ImportResult, KeptImport, listImports } from '../../features/imports/index.ts'
import { countryName } from '../../lib/countries.ts'
import type { Badge } from '../participants/words.ts'
import { formatCount } from '../present/numbers.ts'
import { presentTime } from '../present/time.ts'
import { labelOfField } from './fields.ts'
import { importPath } from './paths.ts'

const STEPS: Record<KeptImport['step'], Badge> = {
  columns: { tone: 'wait', text: 'waits for its columns' },
  checking: { tone: 'info', text: 'being checked' },
  checked: { tone: 'wait', text: 'checked, not imported' },
  unreadable: { tone: 'bad', text: 'could not be read' },
  importing: { tone: 'info', text: 'being imported' },
  imported: { tone: 'good', text: 'imported' },
  undone: { tone: 'quiet', text: 'undone' },
  stopped: { tone: 'bad', text: 'stopped' },
  forgotten: { tone: 'quiet', text: 'forgotten' },
}

type Past = Awaited<ReturnType<typeof listImports>>['items'][number]

export const stepBadge = (step: KeptImport['step']): Badge => STEPS[step]

/** One of the imports of a round. */
export function presentPast(row: Past, { code, zone }: { code: string; zone: string }) {
  return {
    href: importPath(code, row.id),
    name: row.file_name ?? `Import ${row.id}`,
    step: STEPS[row.step],
    at: presentTime(row.created_at, zone),
    figures:
      row.finished_at === null || row.rows === 0
        ? ''
        : `${formatCount(row.created)} new, ${formatCount(row.updated)} updated, of ${formatCount(row.rows)} rows`,
  }
}

const SHOWN_FAULTS = 50
const SHOWN_CLEANED = 20

/** What an import did, or would do. @param capPercent of the round */
export function presentResult(result: ImportResult, capPercent: number) {
  const rows = formatCount(result.rows)
  const faultyRows = result.rows - result.applicants - result.resubmitted
  const of = (count: number) => formatCount(count)
  return {
    figures: [
      { name: 'new', count: of(result.created) },
      { name: 'updated', count: of(result.updated) },
      { name: 'unchanged', count: of(result.unchanged) },
      { name: 'replaced by a later form', count: of(result.resubmitted) },
      { name: 'faulty', count: of(faultyRows) },
    ],
    base: `of ${rows} rows`,
    changes: formatCount(result.created + result.updated),
    isOne: result.created + result.updated === 1,
    isNothing: result.created + result.updated === 0,
    refused:
      result.refused_conduct === 0
        ? ''
        : `${formatCount(result.refused_conduct)} of ${formatCount(result.applicants)} applicants did not agree to the code of conduct. They are kept, and are in no audience.`,
    notes: result.notes,
    faults: result.faulty.slice(0, SHOWN_FAULTS).map(presentFault),
    faultCount: formatCount(result.faulty_count),
    hasMoreFaults: result.faulty_count > SHOWN_FAULTS,
    cleaned: result.cleaned.slice(0, SHOWN_CLEANED).map(presentFault),
    cleanedCount: formatCount(result.cleaned.length),
    overCap: result.by_country_over_cap.map(({ country, applicants, percent }) => ({
      country: countryName(country),
      applicants: formatCount(applicants),
      percent: percent.toLocaleString('en-GB'),
    })),
    cap: capPercent,
  }
}

const presentFault = ({ line, field, message }: ImportResult['faulty'][number]) => ({
  line: formatCount(line),
  field: labelOfField(field),
  message,
})
