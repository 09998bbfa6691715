import type { Deps } from '../deps.ts'
import { measureCampaign } from '../features/campaigns/index.ts'
import { countDeliveriesByState } from '../features/deliveries/index.ts'
import type { ImportResult } from '../features/imports/index.ts'
import { countMailboxMessages } from '../features/mailbox/index.ts'
import type { MatchingRun } from '../features/matching/index.ts'
import { eachParticipant } from '../features/people/index.ts'
import { DEMO_ROUND } from '../features/programme/index.ts'
import { readCampaignFigures, reportOnRounds } from '../features/reports/index.ts'
import { getRound, type Round } from '../features/rounds/index.ts'
import type { Confirmed } from './confirm.ts'
import type { Mirrored } from './mailchimp.ts'
import type { Followed } from './readers.ts'
import type { Sent } from './round.ts'

interface Happened {
  imported: ImportResult
  confirmed: Confirmed
  run: MatchingRun
  introduction: Sent
  topic: Sent
  followed: Followed
  mirrored: Mirrored
}

/** A line of figures, and whether its sum is right. */
interface Line {
  name: string
  text: string
  adds_up: boolean
}

/** Prints what happened, a sum a line. Returns whether every sum is right. */
export async function printFigures(
  deps: Deps,
  { imported, confirmed, run, introduction, topic, followed, mirrored }: Happened,
): Promise<boolean> {
  const lines = [
    lineOfImport(imported),
    await lineOfCampaign(deps, 'Asked', confirmed.request),
    lineOfAnswers(confirmed),
    lineOfReading(confirmed),
    lineOfStates(await getRound(deps, { code: DEMO_ROUND })),
    await lineOfCountries(deps),
    lineOfMatching(run, introduction),
    lineOfGreedy(run),
    await lineOfCampaign(deps, 'Introduced', introduction),
    await lineOfCampaign(deps, 'Topic 1', topic),
    await lineOfClicks(deps, topic, followed),
    await lineOfReport(deps, await getRound(deps, { code: DEMO_ROUND })),
    lineOfMailchimp(mirrored, await getRound(deps, { code: DEMO_ROUND })),
    await lineOfMailbox(deps, [confirmed.request, introduction, topic]),
  ]
  console.log(`\n${lines.map(({ name, text }) => `${name.padEnd(11)}${text}`).join('\n')}`)
  return lines.every(({ adds_up }) => adds_up)
}

function lineOfImport({ rows, applicants, resubmitted, faulty_count }: ImportResult): Line {
  return {
    name: 'Import',
    text: `${rows} rows = ${applicants} applicants + ${resubmitted} resubmissions + ${faulty_count} faulty`,
    adds_up: rows === applicants + resubmitted + faulty_count,
  }
}

function lineOfAnswers({ request, given }: Confirmed): Line {
  const { replies, links, out_of_office, bounces, silent } = given
  const answered = replies + links
  return {
    name: 'Answered',
    text: `${request.recipients} asked = ${replies} by reply + ${links} by the link + ${request.recipients - answered} not at all; ${out_of_office} out of office, ${bounces} bounced`,
    adds_up: request.recipients >= answered && silent <= request.recipients - answered,
  }
}

function lineOfReading({ came, reading_seconds, settled, given }: Confirmed): Line {
  const { by_machine, by_person, out_of_office, bounces } = settled
  return {
    name: 'Read',
    text: `${came} messages = ${by_machine} understood + ${by_person} settled by a person + ${out_of_office} out of office + ${bounces} bounces; the last ${reading_seconds.toFixed(1)} s after it came`,
    adds_up:
      came === by_machine + by_person + out_of_office + bounces &&
      out_of_office === given.out_of_office &&
      bounces === given.bounces,
  }
}

/** The published figure of the round that the made-up one is modelled on. */
async function lineOfCountries(deps: Deps): Promise<Line> {
  let people = 0
  const countries = new Set<string>()
  for await (const page of eachParticipant(deps, { code: DEMO_ROUND, states: ['confirmed'] })) {
    people += page.length
    for (const { country_code } of page) countries.add(country_code)
  }
  return { name: '  from', text: `${people} participants from ${countries.size} countries`, adds_up: people > 0 }
}

function lineOfStates({ counts }: Round): Line {
  const { applicants, confirmed, declined, lapsed, refused_conduct } = counts
  return {
    name: 'Confirmed',
    text: `${applicants} applicants = ${confirmed} confirmed + ${declined} declined + ${lapsed} silent + ${refused_conduct} without the code of conduct`,
    adds_up: applicants === confirmed + declined + lapsed + refused_conduct,
  }
}

/** Who is in a partnership is counted by who is introduced: another table than the run's. */
function lineOfMatching({ people, now, proven_optimal, timings }: MatchingRun, { recipients }: Sent): Line {
  if (!now) throw new Error('the run has no figures')
  const scores = `mean ${percent(now.mean_score)}, worst ${percent(now.worst_score)}`
  const proof = proven_optimal ? 'proven optimal' : 'not proven'
  const seconds = (timings.total ?? 0) / 1000
  return {
    name: 'Matching',
    text: `${people} people = ${recipients} in ${now.cardinality} partnerships + ${now.unmatched} left over; ${scores}, ${proof} in ${seconds.toFixed(1)} s`,
    adds_up: people === recipients + now.unmatched && proven_optimal === true,
  }
}

function lineOfGreedy({ people, greedy }: MatchingRun): Line {
  const { cardinality = 0, total_score = 0, worst_score = null, unmatched = 0 } = greedy ?? {}
  const mean = percent(cardinality === 0 ? null : total_score / cardinality)
  return {
    name: '  greedy',
    text: `${people} people = ${cardinality * 2} in ${cardinality} pairs + ${unmatched} left over; mean ${mean}, worst ${percent(worst_score)}`,
    adds_up: people === cardinality * 2 + unmatched,
  }
}

async function lineOfCampaign({ db }: Deps, name: string, { id, recipients }: Sent): Promise<Line> {
  const { counts, skipped } = await measureCampaign(db, id)
  const states = Object.entries(counts).filter(([state, count]) => count > 0 && state !== 'skipped')
  const reasons = Object.entries(skipped).map(([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`)
  return {
    name,
    text: `${recipients} recipients = ${states.map(([state, count]) => `${count} ${state}`).join(' + ')}${reasons.length ? `; skipped: ${reasons.join(', ')}` : ''}`,
    adds_up:
      states.reduce((sum, [, count]) => sum + count, 0) === recipients &&
      Object.values(skipped).reduce((sum, count) => sum + count, 0) === counts.skipped,
  }
}

/** What scanners followed must show in no rate. */
async function lineOfClicks(deps: Deps, { id }: Sent, { people, scanned }: Followed): Promise<Line> {
  const figures = await readCampaignFigures(deps, { id })
  const [accepted, clicked] = [Number(figures.accepted), Number(figures.clicked)]
  return {
    name: 'Clicks',
    text: `${accepted} accepted = ${clicked} whose readers clicked + ${accepted - clicked} others; scanners followed all links of ${scanned}, and count nowhere`,
    adds_up: clicked === people,
  }
}

/** The report says what the lists say. */
async function lineOfReport(deps: Deps, { counts }: Round): Promise<Line> {
  const report = await reportOnRounds(deps)
  const row = report.sections[0]?.rows.find(({ key }) => key === DEMO_ROUND)
  return {
    name: 'Report',
    text: report.sentences[0] ?? '',
    adds_up: row?.counts.participants === counts.confirmed && row?.counts.applicants === counts.applicants,
  }
}

async function lineOfMailbox({ db }: Deps, sent: Sent[]): Promise<Line> {
  const caught = await countMailboxMessages(db, { direction: 'to_participant' })
  const seconds = sent.reduce((sum, one) => sum + one.seconds, 0)
  const campaigns = await Promise.all(sent.map(async ({ id }) => (await measureCampaign(db, id)).counts.accepted))
  const many = campaigns.reduce((sum, count) => sum + count, 0)
  const { accepted } = await countDeliveriesByState(db)
  return {
    name: 'Mailbox',
    text: `${caught} messages caught over SMTP = ${many} of these + ${caught - many} notices and reminders; ${Math.round(many / seconds)} a second`,
    adds_up: caught === accepted,
  }
}

/** A score in basis points as the console shows it. */
const percent = (score: number | null) => (score === null ? 'none' : `${Math.round(score / 100)} %`)

/** What stands there is counted there. */
function lineOfMailchimp({ result, drift, contacts, seconds }: Mirrored, { counts }: Round): Line {
  const { here, in_step, for_person } = drift
  return {
    name: 'Mailchimp',
    text: `${here} participants who may be mailed = ${contacts} contacts in a stand-in of Mailchimp + ${for_person} for a person; ${result.calls} calls, ${seconds.toFixed(1)} s, drift ${drift.drift}`,
    adds_up: here === contacts + for_person && in_step === contacts && drift.drift === 0 && here <= counts.confirmed,
  }
}
