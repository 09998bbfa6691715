import { readdir, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseTopicFile, type TopicFile } from '../features/campaigns/index.ts'
import { DEMO_ROUND } from '../features/programme/index.ts'
import { shiftDay, type Timetable } from '../features/rounds/index.ts'

/** What the made-up round is made from: the files of the folder demo. */
const FOLDER = new URL('../../demo/', import.meta.url)
export const DEMO_EXPORT = `${DEMO_ROUND}-applications.csv`
const FROM_NAME = 'The programme team'

export const DEMO_ROUND_VALUES = { code: DEMO_ROUND, name: `Round ${DEMO_ROUND}`, country_cap_percent: 20 }

/** As the model programme had it: applications for four weeks, two to confirm and match, four months. */
export function demoTimetable(starts_on: string): Timetable {
  return {
    applications_open_on: shiftDay(starts_on, -43),
    applications_close_on: shiftDay(starts_on, -16),
    confirm_by: shiftDay(starts_on, -4),
    starts_on,
    ends_on: shiftDay(starts_on, 121),
  }
}

/** The made-up export of a whole round: 1,290 rows below two header rows. */
export const readDemoExport = () => readFile(new URL(`rounds/${DEMO_EXPORT}`, FOLDER))

/** What a made-up applicant does when asked to confirm. */
export type Fate = 'confirm' | 'decline' | 'silent' | 'no-conduct'

export type Fates = readonly [address: string, country: string, fate: Fate][]

/** Address, country and fate of every applicant. */
export async function readDemoFates(): Promise<Fates> {
  return JSON.parse(await readFile(new URL(`rounds/${DEMO_ROUND}-fates.json`, FOLDER), 'utf8'))
}

/** The first part of an export: its header rows and `scale` of the others. */
export function cutExport(content: Buffer, scale: number): Buffer {
  if (scale === 1) return content
  const lines = content.toString('utf8').split('\r\n')
  const kept = Math.max(1, Math.round((lines.length - 3) * scale))
  return Buffer.from(`${lines.slice(0, 2 + kept).join('\r\n')}\r\n`)
}

/** The prepared topics, each in its languages, English first. Their pictures are named by file. */
export async function readDemoTopics(): Promise<Map<number, TopicFile[]>> {
  const names = (await readdir(new URL('topics/', FOLDER))).filter((name) => name.endsWith('.md')).sort()
  const files = await Promise.all(
    names.map(async (name) => parseTopicFile(await readFile(new URL(`topics/${name}`, FOLDER), 'utf8'), PICTURES)),
  )
  const english = (file: TopicFile) => (file.language === 'en' ? 0 : 1)
  return Map.groupBy(
    files.sort((a, b) => (a.number ?? 0) - (b.number ?? 0) || english(a) - english(b)),
    ({ number }) => number ?? 0,
  )
}

/** Where the parsed texts say that their pictures are, until they are added. */
const PICTURES = 'https://pictures.invalid'

/** What a program posts to make a campaign of a topic. @param pictureOf the address of a picture, by its file's name */
export function draftOfTopic(files: readonly TopicFile[], pictureOf: (name: string) => string) {
  const [own, ...others] = files
  if (!own) throw new Error('a topic without a text')
  const textOf = ({ subject, preheader, body_markdown, extras }: TopicFile) => ({
    subject,
    preheader,
    body_markdown,
    extras: extras.image
      ? { ...extras, image: { ...extras.image, url: pictureOf(basename(extras.image.url)) } }
      : extras,
  })
  return {
    round: DEMO_ROUND,
    kind: 'topic' as const,
    from_name: FROM_NAME,
    language: own.language,
    ...textOf(own),
    variants: Object.fromEntries(others.map((file) => [file.language, textOf(file)])),
  }
}

/** A picture of the topics. */
export const readDemoPicture = (name: string) => readFile(new URL(`topics/images/${name}`, FOLDER))
