import { known } from '../engagement/words.ts'
import type { Row, Section } from '../report.ts'
import { sayCount, sayMany, sayPart, sayShare } from '../say.ts'
import { OTHER_DOMAINS } from './domain-queries.ts'

/** A domain that takes less than this is worth a sentence. */
const WELL_RECEIVED = 0.95

interface Found {
  round: string
  domains: Section
  suppressed: Section
  stops: Section
}

/** The findings in words: what refuses us first, since somebody must act. */
export function sentencesOf({ round, domains, suppressed, stops }: Found): string[] {
  if (!domains.total)
    return [`No email of ${round} has begun to leave: write one under Campaigns, and its domains are here.`]
  return [
    ...stops.rows.slice(0, 3).map(refusing),
    received(domains.total),
    worst(domains),
    notMailed(suppressed),
  ].flatMap((sentence) => sentence ?? [])
}

function refusing({ key, counts }: Row): string {
  const waiting = known(counts.waiting) ?? 0
  const waits = `${sayMany(waiting, 'email')} of this round ${waiting === 1 ? 'waits' : 'wait'}`
  return `${key} refuses us: ${waits}. Ask its postmaster why, then let it go under Settings, Sending.`
}

function received({ counts }: Row): string | undefined {
  const recipients = known(counts.recipients)
  const accepted = known(counts.accepted) ?? 0
  const rejected = known(counts.rejected) ?? 0
  const hard = known(counts.bounced_hard) ?? 0
  const bounced = hard + (known(counts.bounced_other) ?? 0)
  const taken =
    recipients === undefined || recipients === 0
      ? `${sayMany(accepted, 'email')} ${accepted === 1 ? 'was' : 'were'} accepted`
      : `${sayPart(accepted, recipients, 'email')} ${accepted === 1 ? 'was' : 'were'} accepted`
  const back =
    accepted === 0
      ? ''
      : `; of the accepted ${sayCount(bounced)} (${sayShare(bounced, accepted)}) came back, ${sayCount(hard)} since the address does not exist`
  return `${taken} and ${sayCount(rejected)} rejected${back}.`
}

/** Of what a domain has answered: what waits, or was cancelled before it was asked, is no word of its own. */
function worst({ rows }: Section): string | undefined {
  const rated = rows.flatMap(({ key, counts }) => {
    const accepted = known(counts.accepted) ?? 0
    const answered = accepted + (known(counts.rejected) ?? 0) + (known(counts.deferred) ?? 0)
    return key === OTHER_DOMAINS || answered === 0 ? [] : [{ key, answered, accepted, rate: accepted / answered }]
  })
  const least = rated.toSorted((a, b) => a.rate - b.rate)[0]
  if (!least || least.rate >= WELL_RECEIVED) return undefined
  return `${least.key} has accepted the smallest part of what it was asked: ${sayPart(least.accepted, least.answered, 'email')}.`
}

function notMailed({ total, rows }: Section): string | undefined {
  const people = known(total?.counts.people) ?? 0
  const base = known(total?.counts.base) ?? 0
  if (people === 0 || base === 0) return undefined
  const most = rows[0]
  const because = most ? ` Most often: ${most.name} (${sayCount(known(most.counts.people) ?? 0)}).` : ''
  return `${sayPart(people, base, 'person', 'people')} of the round ${people === 1 ? 'is' : 'are'} not mailed at present, or not everything.${because}`
}
