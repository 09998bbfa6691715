import { NotFound } from '../../lib/errors.ts'
import { parseLanguage } from '../../lib/languages.ts'
import type { Db } from '../../platform/db/open.ts'
import { senderOf } from '../campaigns/index.ts'
import { getProgramme } from '../programme/index.ts'
import { type AtomFeed, writeAtom } from './atom.ts'
import { hrefOf, presentTopic, presentTopics, type TopicSettings, writeTopic } from './present.ts'
import { findTopicRound, listTopics, type TopicRow, type TopicText } from './queries.ts'

export interface TopicDeps {
  db: Db
  config: { publicUrl: string; mailFrom: string; mailDomain: string }
}

/** More than any round had. */
const MOST_TOPICS = 100
const MOST_ENTRIES = 30

/** One topic in a language it was written in, its own unless another is named. @throws NotFound */
export async function showTopic(deps: TopicDeps, wanted: { round: string; slug: string; language?: string }) {
  const { round, slug, language } = wanted
  const [topic] = await listTopics(deps.db, { round, slug, texts: 'all', limit: 1 })
  const text = topic?.texts.find((one) => one.language === (language ?? topic.language))
  // Its own language has one address only.
  if (!topic || !text || language === topic.language) throw new NotFound('This topic')
  return { ...presentTopic(topic, text, await readSettings(deps)), modified: topic.started_at }
}

/** The topics of a round, the newest first. @throws NotFound */
export async function showTopics(deps: TopicDeps, wanted: { round: string; language: string }) {
  const round = await findTopicRound(deps.db, wanted.round)
  if (!round) throw new NotFound('This round')
  const topics = await listTopics(deps.db, { round: round.code, texts: 'own', limit: MOST_TOPICS })
  const settings = { ...(await readSettings(deps)), language: wanted.language }
  return { ...presentTopics(round, topics, settings), modified: topics[0]?.started_at }
}

/** The feed of a round, or of all of them, as XML. @throws NotFound */
export async function showFeed(deps: TopicDeps, wanted: { round: string | undefined }) {
  const { db, config } = deps
  const round = wanted.round === undefined ? undefined : await findTopicRound(db, wanted.round)
  if (wanted.round !== undefined && !round) throw new NotFound('This round')
  const [topics, programme, settings] = await Promise.all([
    listTopics(db, { ...(round ? { round: round.code } : {}), texts: 'own', limit: MOST_ENTRIES }),
    getProgramme(db),
    readSettings(deps),
  ])
  const name = programme.name || settings.senderOf(null) || 'Pairpost'
  const about = round?.name ?? name
  const feed: AtomFeed = {
    id: tagOf(config.mailDomain, round?.created_at ?? EPOCH, `topics${round ? `/${round.code}` : ''}`),
    title: `Topics of ${about}`,
    self: config.publicUrl + hrefOf.feed(round?.code),
    page: round && config.publicUrl + hrefOf.round(round.code),
    author: name,
    updated: topics[0]?.started_at ?? round?.created_at ?? programme.updated_at,
    entries: topics.map((topic) => entryOf(deps, topic, settings)),
  }
  return { xml: writeAtom(feed), modified: topics[0]?.started_at }
}

function entryOf({ config }: TopicDeps, topic: TopicRow, settings: TopicSettings): AtomFeed['entries'][number] {
  const copy = writeTopic(topic, topic.texts[0] as TopicText, settings, 'whole')
  return {
    id: tagOf(config.mailDomain, topic.started_at, `topic/${topic.id}`),
    title: copy.title,
    language: copy.language,
    published: topic.started_at,
    summary: copy.summary,
    html: `<div lang="${copy.language}" dir="${copy.direction}">${copy.html}</div>`,
    pages: topic.languages.map((language) => ({ language, href: config.publicUrl + hrefOf.topic(topic, language) })),
  }
}

/** A day on which the programme had its domain: the first day of its first round. */
const EPOCH = new Date('2013-01-01T00:00:00Z')

/** RFC 4151: stays the same when the site moves. */
const tagOf = (domain: string, at: Date, what: string) => `tag:${domain},${at.toISOString().slice(0, 10)}:${what}`

async function readSettings({ db, config }: TopicDeps): Promise<TopicSettings> {
  const programme = await getProgramme(db)
  return { publicUrl: config.publicUrl, senderOf: (fromName) => senderOf(config, programme, fromName).name }
}

/** The language of an address, such as `fr`; undefined when it is none. */
export const languageOfAddress = (tag: string) => (parseLanguage(tag) === tag ? tag : undefined)
