import type { ConsentRow, Consents, Purpose } from '../../features/consents/index.ts'
import { nameLanguage } from '../../lib/languages.ts'
import { presentTime } from '../present/time.ts'

const TITLES: Record<Purpose, string> = {
  programme_mail: 'Programme mail',
  news: 'News of other rounds',
  tracking: 'Tracking of opens and clicks',
}

const UNDECIDED: Record<Purpose, string> = {
  programme_mail: 'It comes with the application. They have decided nothing else.',
  news: 'Not agreed: they have decided nothing. Announcements of their own rounds come to them as programme mail.',
  tracking: 'Not agreed: they have decided nothing. It is off.',
}

/** The three as they stand, with the decision behind each. @param programmeMail whether mail goes, in a sentence */
export function presentConsents(
  { standing, history }: Consents,
  { names, zone, programmeMail }: { names: ReadonlyMap<string, string>; zone: string; programmeMail: string },
) {
  const purposes = Object.keys(TITLES) as Purpose[]
  return {
    standing: purposes.map((purpose) => {
      const { given, decided } = standing[purpose]
      return {
        title: TITLES[purpose],
        effect: purpose === 'programme_mail' ? programmeMail : '',
        state: decided ? (given ? 'Agreed' : 'Withdrawn') : UNDECIDED[purpose],
        decision: decided ? presentDecision(decided, names, zone) : '',
      }
    }),
    history: history.map((row) => ({
      ...presentDecision(row, names, zone),
      title: TITLES[row.purpose],
      state: row.given ? 'agreed' : 'withdrawn',
    })),
    purposes: purposes.map((value) => ({ value, text: TITLES[value] })),
  }
}

function presentDecision(row: ConsentRow, names: ReadonlyMap<string, string>, zone: string) {
  const { wording, language } = row
  return {
    at: presentTime(row.at, zone),
    how: sayHow(row, names),
    wording,
    // What was kept before wordings were has none.
    language: wording === '' ? '' : language,
    language_name: wording === '' ? '' : nameLanguage(language),
  }
}

function sayHow({ source, recorded_by }: ConsentRow, names: ReadonlyMap<string, string>): string {
  switch (source) {
    case 'form':
      return 'by the application form'
    case 'link':
      return 'by the link of an email'
    case 'email':
      return 'by a message to us'
    case 'import':
      return 'by an import'
    case 'mailchimp':
      return 'in Mailchimp'
    case 'staff':
      return `recorded by ${names.get(recorded_by ?? '') ?? recorded_by ?? 'staff'}`
  }
}
