import { fillPhrase, readerPhrases, writeDate } from '../../platform/http/reader-phrases.ts'
import { type WebCopy, writeWebCopy } from '../campaigns/index.ts'
import type { TopicRow, TopicText } from './queries.ts'

/** What every public copy is written with. */
export interface TopicSettings {
  /** Without a slash at its end. */
  publicUrl: string
  senderOf(fromName: string | null): string
}

/** Addresses of topics, from the root of the site. */
export const hrefOf = {
  round: (round: string) => `/topics/${round}`,
  feed: (round: string | undefined) => (round === undefined ? '/topics/feed.atom' : `/topics/${round}/feed.atom`),
  topic: (topic: Pick<TopicRow, 'round_code' | 'slug' | 'language'>, language: string) =>
    `/topics/${topic.round_code}/${topic.slug}${language === topic.language ? '' : `/${language}`}`,
}

/**
 * @param pictures `whole`: addresses that also hold outside our own pages, for feeds
 */
export function writeTopic(
  topic: TopicRow,
  text: TopicText,
  { publicUrl, senderOf }: TopicSettings,
  pictures: 'own' | 'whole',
): WebCopy {
  const ours = `${publicUrl}/pictures/`
  return writeWebCopy(text as Parameters<typeof writeWebCopy>[0], {
    language: text.language,
    default_language: topic.language,
    fallbacks: topic.fallbacks,
    sender_name: senderOf(topic.from_name),
    round: topic,
    picture_word: readerPhrases(text.language).topic_picture,
    ownPicture: (url) => {
      if (!url.startsWith(ours)) return undefined
      return pictures === 'whole' ? url : url.slice(publicUrl.length)
    },
  })
}

/** One topic as a page. */
export function presentTopic(topic: TopicRow, text: TopicText, settings: TopicSettings) {
  const copy = writeTopic(topic, text, settings, 'own')
  const words = readerPhrases(copy.language)
  const others = topic.languages.filter((language) => language !== copy.language)
  return {
    frame: {
      ...frameOf(copy.language, copy.direction),
      title: `${copy.title} · ${topic.round_name}`,
      canonical: settings.publicUrl + hrefOf.topic(topic, copy.language),
      alternates:
        topic.languages.length < 2
          ? []
          : topic.languages.map((language) => ({ language, href: settings.publicUrl + hrefOf.topic(topic, language) })),
      feed: hrefOf.feed(topic.round_code),
      og_type: 'article',
      og_title: copy.title,
      description: copy.summary,
      og_image: copy.picture?.is_ours ? settings.publicUrl + copy.picture.src : '',
    },
    model: {
      copy,
      words,
      round: { name: topic.round_name, href: hrefOf.round(topic.round_code) },
      sent: { iso: topic.started_at.toISOString().slice(0, 10), text: sentOn(topic.started_at, copy.language) },
      others: others.map((language) => ({
        language,
        name: nameOfLanguage(language),
        href: hrefOf.topic(topic, language),
      })),
    },
  }
}

/** The topics of a round as a page, in the language a reader asks for. */
export function presentTopics(
  round: { code: string; name: string },
  topics: TopicRow[],
  settings: TopicSettings & { language: string },
) {
  const words = readerPhrases(settings.language)
  const title = fillPhrase(words.topics_of, { round: round.name })
  return {
    frame: {
      ...frameOf(words.language, words.direction),
      title,
      canonical: settings.publicUrl + hrefOf.round(round.code),
      alternates: [],
      feed: hrefOf.feed(round.code),
      og_type: 'website',
      og_title: title,
      description: '',
      og_image: '',
    },
    model: {
      title,
      words,
      feed: hrefOf.feed(round.code),
      topics: topics.map((topic) => {
        const copy = writeTopic(topic, topic.texts[0] as TopicText, settings, 'own')
        return {
          href: hrefOf.topic(topic, topic.language),
          language: copy.language,
          direction: copy.direction,
          title: copy.title,
          summary: copy.summary,
          sent: {
            iso: topic.started_at.toISOString().slice(0, 10),
            text: sentOn(topic.started_at, words.language),
          },
        }
      }),
    },
  }
}

const frameOf = (language: string, direction: string) => ({ language, direction })

function sentOn(at: Date, language: string): string {
  const known = readerPhrases(language)
  return fillPhrase(known.topic_sent, { date: writeDate(at, known, 'UTC') })
}

function nameOfLanguage(tag: string): string {
  const name = new Intl.DisplayNames(tag, { type: 'language', fallback: 'none' }).of(tag) ?? tag
  return name.slice(0, 1).toLocaleUpperCase(tag) + name.slice(1)
}
