import type { Section } from '../report.ts'
import { sayCount, sayMany, sayPart, sayShare } from '../say.ts'
import type { Told } from './sections.ts'
import { known, quoted } from './words.ts'

/** The findings in words, the most telling first. */
export function sentencesOf(
  topics: readonly Told[],
  { round, trend, use }: { round: string; trend: Section; use: Section },
): string[] {
  if (topics.length === 0)
    return [`No topic email of ${round} has begun yet: write one under Campaigns, and its figures are here.`]
  return [mostClicked(topics), usedByPairs(use), overRounds(trend), cameBack(topics), replies(topics)].flatMap(
    (sentence) => sentence ?? [],
  )
}

function mostClicked(topics: readonly Told[]): string | undefined {
  const rated = topics.flatMap(({ figures }, at) => {
    const clicked = known(figures.clicked)
    const accepted = known(figures.accepted) ?? 0
    return clicked === undefined || accepted === 0 ? [] : [{ at, clicked, accepted, rate: clicked / accepted }]
  })
  const best = rated.toSorted((a, b) => b.rate - a.rate)[0]
  if (!best) {
    const accepted = topics.reduce((sum, { figures }) => sum + (known(figures.accepted) ?? 0), 0)
    if (accepted > 0) return undefined
    return `${sayMany(topics.length, 'topic email')} began to leave; none was accepted for anybody yet.`
  }
  const topic = topics[best.at] as Told
  const recipients = known(topic.figures.recipients)
  const reached =
    recipients === undefined
      ? sayMany(best.accepted, 'recipient')
      : `${sayCount(best.accepted)} of ${sayMany(recipients, 'recipient')}`
  const alone = rated.filter(({ rate }) => rate === best.rate).length === 1
  const place =
    rated.length > 1 && alone && best.clicked > 0 ? `; of ${sayMany(rated.length, 'topic')} it was clicked most` : ''
  const clicked =
    best.clicked === 0
      ? 'none of them clicked'
      : `${sayCount(best.clicked)} of them (${sayShare(best.clicked, best.accepted)}) clicked`
  return `Topic ${best.at + 1} ${quoted(topic.name)} was accepted for ${reached} and ${clicked}${place}.`
}

function usedByPairs({ total }: Section): string | undefined {
  const introduced = known(total?.counts.introduced)
  const used = known(total?.counts.used)
  if (!introduced || used === undefined) return undefined
  return `In ${sayPart(used, introduced, 'introduced partnership')} at least one partner clicked or replied to a topic email.`
}

function overRounds({ rows }: Section): string | undefined {
  const rated = rows.flatMap(({ key, counts }) => {
    const clicked = known(counts.clicked)
    const accepted = known(counts.counted) ?? 0
    return clicked === undefined || accepted === 0 ? [] : [{ key, clicked, accepted }]
  })
  const [before, now] = rated.slice(-2)
  if (!before || !now || now.key !== rows.at(-1)?.key) return undefined
  const part = ({ clicked, accepted }: typeof now) => sayPart(clicked, accepted, 'accepted topic email')
  return `In ${now.key} ${part(now)} ${now.clicked === 1 ? 'was' : 'were'} clicked; in ${before.key} it was ${part(before)}.`
}

/** Every topic is summed: a person counts once for each. */
function cameBack(topics: readonly Told[]): string | undefined {
  const { accepted, bounced, complained, unsubscribed } = sumOf(topics)
  if (accepted === 0) return undefined
  // Mailchimp tells of complaints in all only.
  const own = topics.filter(({ figures }) => known(figures.complained) !== undefined).length
  const complaints =
    own === 0
      ? ''
      : `${sayMany(complained, 'complaint')}${own < topics.length ? ' about those that we sent ourselves' : ''} and `
  const exits = `${complaints}${sayMany(unsubscribed, 'unsubscription')}`
  return `Of ${sayMany(accepted, 'accepted topic email')}, ${sayCount(bounced)} (${sayShare(bounced, accepted)}) bounced; there were ${exits}.`
}

function replies(topics: readonly Told[]): string | undefined {
  const { accepted, replied } = sumOf(topics.filter(({ figures }) => known(figures.replied) !== undefined))
  if (accepted === 0 || replied === 0) return undefined
  return `${sayPart(replied, accepted, 'accepted topic email')} got a reply.`
}

function sumOf(topics: readonly Told[]) {
  const sum = (column: 'accepted' | 'bounced' | 'complained' | 'unsubscribed' | 'replied') =>
    topics.reduce((total, { figures }) => total + (known(figures[column]) ?? 0), 0)
  return {
    ...{ accepted: sum('accepted'), bounced: sum('bounced'), replied: sum('replied') },
    ...{ complained: sum('complained'), unsubscribed: sum('unsubscribed') },
  }
}
