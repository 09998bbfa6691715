import { existsSync, readFileSync } from 'node:fs'
import type { Fates } from '../../src/demo/files.ts'
import { guessMapping } from '../../src/features/imports/mapping.ts'
import { readFile } from '../../src/features/imports/read-file.ts'

const FOLDER = '../shared/data/rounds'

/** Whether the made-up exports of seven rounds are there to be read. */
export const haveExports = existsSync(`${FOLDER}/summary.json`)

export interface Summary {
  round: string
  rows: number
  applicants: number
  resubmitted: number
  refusedConduct: number
  declined: number
  silent: number
  participants: number
  countries: number
}

/** Address, country code and what the person does: confirm, decline, silent, no-conduct. */
export type Fate = Fates[number]

export const readSummaries = (): Summary[] => JSON.parse(readFileSync(`${FOLDER}/summary.json`, 'utf8'))
export const readExport = (round: string): Buffer => readFileSync(`${FOLDER}/${round}-applications.csv`)
export const readFates = (round: string): Fate[] => JSON.parse(readFileSync(`${FOLDER}/${round}-fates.json`, 'utf8'))

const HEADER = [
  'Timestamp',
  'Email address',
  'Given name',
  'Family name',
  'Which country do you live in?',
  'Library sector',
  'Career stage',
  'Your professional interests (tick all that apply)',
  'Any special requests?',
  'Member association',
  'I can be in contact with my partner at least every two weeks',
  'I agree to the Code of Conduct',
]

export interface Form {
  at?: string
  address?: string
  given?: string
  family?: string
  country?: string
  interests?: string
  request?: string
  association?: string
  agrees?: string
}

/** A Google Forms export of these forms, one line each below the header. */
export function csvOf(forms: Form[], line = '\r\n'): Buffer {
  const rows = forms.map((form) => [
    form.at ?? '1/20/2016 10:00:00',
    form.address ?? 'anna@library.example',
    form.given ?? 'Anna',
    form.family ?? 'Carter',
    form.country ?? 'Australia',
    'Public',
    'Student',
    form.interests ?? 'Copyright, Open access',
    form.request ?? '',
    form.association ?? '',
    'Yes',
    form.agrees ?? 'Yes',
  ])
  const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return Buffer.from([HEADER, ...rows].map((cells) => cells.map(cell).join(',') + line).join(''))
}

/** Reads an export without a database. */
export const readForms = (content: Buffer) =>
  readFile({
    content,
    chooseMapping: async (header) => guessMapping(header),
    progress: () => undefined,
    signal: undefined,
  })
