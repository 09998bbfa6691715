import { fillPhrase, type ReaderPhrases, writeDate } from '../../platform/http/reader-phrases.ts'
import type { StandingConsents } from '../consents/index.ts'
import type { ReaderRow } from './queries.ts'
import { zoneOfReader } from './rules.ts'
import { type Decision, READ } from './service.ts'

/** One of the three choices: how it stands and since when, what it means, and its buttons with what each of them says. */
export interface Choice {
  token: string
  id: string
  title: string
  state: string
  since: string
  means: string
  note: string
  buttons: { decide: Decision['decide']; sentence: string; text: string; quiet: boolean }[]
}

/** The three choices; what stops mail decides how the first two stand. */
export function presentChoices(
  { token, ...reader }: ReaderRow & { token: string },
  consents: StandingConsents,
  words: ReaderPhrases,
) {
  const { topics_stopped, news_stopped } = reader
  const { programme_mail, news, tracking } = consents
  const zone = zoneOfReader(reader)
  const sinceOf = (decided: StandingConsents['news'], isSo: boolean) =>
    decided.decided && decided.given === isSo
      ? fillPhrase(words.since, { date: writeDate(decided.decided.at, words, zone) })
      : ''
  const button = (decide: keyof typeof READ, quiet: boolean, isSaid = true) => {
    const [sentence, text] = READ[decide]
    return { decide, sentence: isSaid ? words[sentence] : '', text: words[text], quiet }
  }
  const hasNews = news.given && !news_stopped
  const choices = {
    topics: {
      ...{ token, id: 'topics', title: words.topics, means: words.topics_means, note: '' },
      state: topics_stopped ? words.topics_off : words.topics_on,
      since: sinceOf(programme_mail, !topics_stopped),
      // What these say stands above them.
      buttons: [topics_stopped ? button('start_topics', false, false) : button('stop_topics', true, false)],
    },
    news: {
      ...{
        token,
        id: 'news',
        title: words.news,
        means: '',
        note: topics_stopped && !news_stopped ? words.news_waits : '',
      },
      state: hasNews ? words.news_on : news_stopped ? words.news_off : words.news_open,
      since: news_stopped ? sinceOf(news, false) : sinceOf(news, true),
      buttons: [
        ...(hasNews ? [] : [button('start_news', false)]),
        ...(news_stopped ? [] : [button('stop_news', true)]),
      ],
    },
    tracking: {
      ...{ token, id: 'tracking', title: words.tracking, means: '', note: '' },
      state: tracking.given ? words.tracking_on : words.tracking_off,
      since: sinceOf(tracking, tracking.given),
      buttons: [tracking.given ? button('stop_tracking', true) : button('start_tracking', false)],
    },
  } satisfies Record<string, Choice>
  return choices
}
