import type { Clock } from '../../../lib/clock.ts'
import { type FieldFault, InvalidInput } from '../../../lib/errors.ts'
import type { Db, DbOrTx } from '../../../platform/db/open.ts'
import { listPictureOctets } from '../../pictures/index.ts'
import { getProgramme, type Programme } from '../../programme/index.ts'
import { countAudience, listRecipientIds } from '../audience/audience-queries.ts'
import { countLastRecipients, findOverlap, listEarlierSubjects } from '../audience/earlier-queries.ts'
import {
  type CampaignCheck,
  type Compiled,
  checkCampaign,
  compileVariant,
  type EmptyField,
  type Finding,
  type FindingCode,
  findEmptyFields,
  listAddresses,
} from '../content/index.ts'
import { type ComposeSettings, getComposeSettings } from '../message/compose-queries.ts'
import { exampleTracking } from '../message/links.ts'
import { mailchimpWriter } from '../message/mailchimp-message.ts'
import { senderOf } from '../message/sender.ts'
import { getScheduledCampaign, type ScheduledCampaign } from '../schedule/schedule-queries.ts'
import { makeupOf } from '../writing/compiled.ts'
import { getSampleRow, listMergeRows, listVariants, type VariantRow } from '../writing/queries.ts'
import { getSecondPerson } from './approve.ts'
import { listLinkChecks } from './link-checks-queries.ts'
import { findMailchimpTags } from './mailchimp-queries.ts'

interface FactsDeps {
  /** One moment for the whole check: a campaign for "now" is not past by the time it is looked at. */
  now: Date
  config: { mailFrom: string; publicUrl: string }
}

/** Everything that speaks for or against sending a campaign as it is now. @throws NotFound */
export async function listCampaignFindings(
  deps: { db: Db; clock: Clock; config: FactsDeps['config'] },
  id: number,
): Promise<Finding[]> {
  const campaign = await getScheduledCampaign(deps.db, id)
  return checkCampaign(await gatherFacts({ ...deps, now: deps.clock.now() }, deps.db, campaign, null))
}

/**
 * Those among them for which no recipient is looked at: as quick for 100,000 people as for ten, so that a text can be
 * checked each time it is saved. @throws NotFound
 */
export async function listTextFindings(
  deps: { db: Db; clock: Clock; config: FactsDeps['config'] },
  id: number,
): Promise<Finding[]> {
  const campaign = await getScheduledCampaign(deps.db, id)
  const { facts } = await gatherTextFacts({ ...deps, now: deps.clock.now() }, deps.db, campaign, null)
  const nobodyLacks = { count: 1, last_count: null, empty_fields: [] }
  return checkCampaign({ ...facts, audience: nobodyLacks, recent_overlap: null })
}

/** The problems among them, as faults of a request: what keeps a campaign from being scheduled. */
export async function findCampaignFaults(
  deps: FactsDeps,
  db: DbOrTx,
  campaign: ScheduledCampaign,
  sendAt: Date,
): Promise<FieldFault[]> {
  const findings = checkCampaign(await gatherFacts(deps, db, campaign, sendAt))
  return findings
    .filter((finding) => finding.level === 'problem')
    .map(({ code, message, variant, line }) => ({
      field: fieldOf(code, variant, campaign.language),
      message: line === undefined ? message : `Line ${line}: ${message}`,
    }))
}

/** The field of the campaign that a finding is about; those of its own language stand beside `variants`. */
function fieldOf(code: FindingCode, variant: string | null, language: string): string {
  if (variant === null) return FIELDS[code] ?? code
  const field = /^(?:mailchimp_)?(subject|preheader)/.exec(code)?.[1] ?? 'body_markdown'
  return variant === language ? field : `variants.${variant}.${field}`
}

const FIELDS: Partial<Record<FindingCode, string>> = {
  audience_empty: 'audience',
  field_empty: 'fallbacks',
  sender_missing: 'from_name',
  default_language_missing: 'language',
  time_past: 'at',
  mailchimp_missing: 'channel',
  mailchimp_tag: 'fallbacks',
}

async function gatherFacts(
  deps: FactsDeps,
  db: DbOrTx,
  campaign: ScheduledCampaign,
  sendAt: Date | null,
): Promise<CampaignCheck> {
  const { facts, settings, compiled } = await gatherTextFacts(deps, db, campaign, sendAt)
  const second = await getSecondPerson(db, campaign)
  return {
    ...facts,
    audience: {
      count: (await countAudience(db, campaign)).recipients,
      last_count: await countLastRecipients(db, campaign),
      empty_fields: await listEmptyFields(db, campaign, compiled, { ...settings, from_name: facts.from_name ?? '' }),
    },
    recent_overlap: facts.automatic ? null : await findOverlap(db, campaign, later(facts.send_at, deps.now)),
    ...(second.over === null ? {} : { second_person: { over: second.over, given: second.given } }),
  }
}

/** What is known without looking at anybody. */
async function gatherTextFacts(deps: FactsDeps, db: DbOrTx, campaign: ScheduledCampaign, sendAt: Date | null) {
  const settings = await getComposeSettings(db, campaign.id)
  const variants = await compileWhatCan(db, campaign)
  const known = await findKnown(db, variants)
  const programme = await getProgramme(db)
  const tracking = exampleTracking(deps.config, programme.count_clicks)
  const compiled = new Map(
    variants.flatMap((variant) => (variant.compiled ? [[variant.language, variant.compiled]] : [])),
  )
  const facts: Omit<CampaignCheck, 'audience' | 'recent_overlap'> = {
    variants: variants.map((variant) => ({ ...variant, ...known, tracking })),
    default_language: campaign.language,
    fallbacks: settings.fallbacks,
    from_name: senderOf(deps.config, programme, settings.from_name).name,
    // A draft that nobody schedules at this moment is looked at for the time it is planned for.
    send_at: sendAt ?? (campaign.state === 'draft' ? campaign.planned_at : null),
    now: deps.now,
    version: campaign.version,
    tested_version: campaign.tested_version,
    last_subjects: await listEarlierSubjects(db, campaign),
    automatic: campaign.lane === 'automatic',
    ...(campaign.channel === 'mailchimp'
      ? { mailchimp: await readMailchimp(deps, db, { campaign, settings, programme, compiled }) }
      : {}),
  }
  return { facts, settings, compiled }
}

async function readMailchimp(
  { config }: FactsDeps,
  db: DbOrTx,
  given: {
    campaign: ScheduledCampaign
    settings: ComposeSettings
    programme: Programme
    compiled: ReadonlyMap<string, Compiled>
  },
): Promise<NonNullable<CampaignCheck['mailchimp']>> {
  const { campaign, settings, programme, compiled } = given
  const round = await getSampleRow(db, campaign.id)
  const tags = await findMailchimpTags(db)
  const write = mailchimpWriter(config, { settings, programme, round, tags: tags ?? {} })
  const lengths = [...compiled].map(([language, variant]) => [language, write(variant).subject.length])
  return {
    tags: tags ?? null,
    beside: [
      ...Object.values(settings.fallbacks),
      ...[settings.from_name ?? '', programme.from_name ?? '', programme.footer, round.round_name, round.round_code],
    ],
    subject_lengths: Object.fromEntries(lengths),
  }
}

const later = (at: Date | null, now: Date) => (at !== null && at > now ? at : now)

/** What was found out before about the addresses of these texts. */
async function findKnown(
  db: DbOrTx,
  variants: CampaignCheck['variants'],
): Promise<{ picture_bytes: Record<string, number>; dead_links: Record<string, string> }> {
  const found = variants.flatMap(({ text, language }) => listAddresses(text, language))
  const urls = [...new Set(found.map(({ url }) => url))]
  const checks = await listLinkChecks(db, urls)
  const octets = checks.flatMap((check) => (check.octets === null ? [] : [[check.url, check.octets] as const]))
  return {
    picture_bytes: { ...Object.fromEntries(octets), ...(await listPictureOctets(db, urls)) },
    dead_links: Object.fromEntries(
      checks.filter(({ state }) => state === 'dead').map(({ url, words }) => [url, words]),
    ),
  }
}

/** Each variant as a save compiled it, else compiled now and forgotten: looking changes nothing. What does not compile is named by the checks themselves. */
async function compileWhatCan(
  db: DbOrTx,
  { id, version, lane, automatic_key }: ScheduledCampaign,
): Promise<CampaignCheck['variants']> {
  const compile = async ({ language, compiled: _, ...text }: VariantRow) => {
    try {
      return await compileVariant({ language, ...makeupOf({ lane, automatic_key }), text })
    } catch (error) {
      if (error instanceof InvalidInput) return undefined
      throw error
    }
  }
  const found: CampaignCheck['variants'] = []
  for (const row of await listVariants(db, id, version)) {
    const { language, compiled, ...text } = row
    found.push({ language, lane, text, compiled: compiled ?? (await compile(row)) })
  }
  return found
}

/** Lacks everything that somebody can lack: a field that this one has is empty for nobody. */
const EMPTIEST = {
  ...{ person_id: null, given_name: 'Nobody', family_name: '', country_code: 'FR' },
  ...{ partners: [], reasons: [] },
}
const ROWS_AT_A_TIME = 5000
const NAMES = 5

async function listEmptyFields(
  db: DbOrTx,
  campaign: ScheduledCampaign,
  compiled: ReadonlyMap<string, Compiled>,
  settings: Pick<ComposeSettings, 'fallbacks'> & { from_name: string },
): Promise<EmptyField[]> {
  if (compiled.size === 0) return []
  const merge = { default_language: campaign.language, fallbacks: settings.fallbacks, sender_name: settings.from_name }
  // Most texts give every field a fallback: then nobody's row needs to be read.
  const round = await getSampleRow(db, campaign.id)
  const emptiest = [...compiled.keys()].map((language) => ({ ...round, ...EMPTIEST, language }))
  if (findEmptyFields(emptiest, compiled, merge).length === 0) return []
  const ids = await listRecipientIds(db, campaign)
  const all = new Map<string, EmptyField>()
  for (let at = 0; at < ids.length; at += ROWS_AT_A_TIME) {
    const rows = await listMergeRows(db, campaign.id, ids.slice(at, at + ROWS_AT_A_TIME))
    for (const found of findEmptyFields(rows, compiled, merge)) {
      const before = all.get(found.field)
      const names = [...(before?.names ?? []), ...found.names].slice(0, NAMES)
      all.set(found.field, { ...found, count: found.count + (before?.count ?? 0), names })
    }
  }
  return [...all.values()]
}
