import { randomBytes } from 'node:crypto'
import { signToken, type TokenKeys } from '../../../lib/tokens.ts'
import type { Db } from '../../../platform/db/open.ts'
import { type EncodedBody, encodeBody, renderBody } from '../../../platform/mail/body.ts'
import type { DkimSigner } from '../../../platform/mail/dkim.ts'
import { composeMessage, type Mailbox } from '../../../platform/mail/message.ts'
import type { ClaimedDelivery, Compose, Composed } from '../../deliveries/index.ts'
import { getProgramme, type Programme } from '../../programme/index.ts'
import type { Compiled } from '../content/compile.ts'
import { escapesOf, linksIn, OPENING, placeLinks, REDIRECT, renderPieces } from '../content/index.ts'
import type { PieceField } from '../content/merge-fields.ts'
import { type MergeLinks, type MergeRow, type MergeValues, mergeValuesFor } from '../content/merge-values.ts'
import { ensureCompiled } from '../writing/compiled.ts'
import { getSampleRow, listContactRows, listMergeRows } from '../writing/queries.ts'
import { getComposeSettings, recordLinks } from './compose-queries.ts'
import { linksOf, openingOf, redirectOf } from './links.ts'
import { senderOf } from './sender.ts'

interface ComposeDeps {
  db: Db
  keys: TokenKeys
  config: { publicUrl: string; mailDomain: string; mailFrom: string }
  clock: { now(): Date }
  signer: DkimSigner | undefined
}

/** One language of one version, as far as it is the same for everybody: encoded once. */
interface Prepared {
  compiled: Compiled
  body: EncodedBody<PieceField>
  valuesOf(row: MergeRow, links: MergeLinks): MergeValues
  subject(values: MergeValues): string
  from: Mailbox
  /** Whether any link leads through a redirect. */
  redirects: boolean
  automatic: boolean
  roundCode: string
}

/** All languages of a version. */
type PreparedVersion = Map<string, Prepared>

/** Versions kept encoded: more than are ever under way at one time. */
const KEPT = 40

/** Makes the messages of claims: rows and texts are read once for the whole group. */
export function createComposer(deps: ComposeDeps): Compose {
  const kept = new Map<string, PreparedVersion>()

  async function prepare(campaignId: number, version: number, programme: Programme): Promise<PreparedVersion> {
    // Its settings hold from the next message on, also for what is under way.
    const key = `${campaignId}/${version}/${programme.updated_at.getTime()}`
    const known = kept.get(key)
    if (known) return known
    const { variants, is_final } = await prepareVersion(deps, campaignId, version, programme)
    // A draft's sender and fallbacks may still change under the same version: only what is frozen is kept.
    if (is_final) kept.set(key, variants)
    if (kept.size > KEPT) kept.delete(kept.keys().next().value as string)
    return variants
  }

  return async (claimed) => {
    const programme = await getProgramme(deps.db)
    const versions = new Map<string, PreparedVersion>()
    const rows = new Map<string, MergeRow>()
    for (const [campaignId, deliveries] of Map.groupBy(claimed, (delivery) => delivery.campaign_id)) {
      for (const version of new Set(deliveries.map((delivery) => delivery.version))) {
        versions.set(`${campaignId}/${version}`, await prepare(campaignId, version, programme))
      }
      for (const [key, row] of await readRows(deps.db, campaignId, deliveries)) rows.set(`${campaignId}/${key}`, row)
    }
    return (delivery) => {
      const variant = versions.get(`${delivery.campaign_id}/${delivery.version}`)?.get(delivery.language)
      const row = rows.get(`${delivery.campaign_id}/${readerOf(delivery)}`)
      if (!variant || !row) return { fault: 'The person or the text is gone.' }
      return composeOne(deps, delivery, variant, row)
    }
  }
}

type Reader = Pick<ClaimedDelivery, 'person_id' | 'contact_id'>

/** A test email of nobody has neither. */
const readerOf = ({ person_id, contact_id }: Reader) =>
  contact_id === null ? `person ${person_id}` : `contact ${contact_id}`

/** What the values of these readers are made from, in one query for people and one for contacts. */
async function readRows(db: Db, campaignId: number, readers: readonly Reader[]): Promise<Map<string, MergeRow>> {
  const people = readers.flatMap(({ person_id }) => person_id ?? [])
  const contacts = readers.flatMap(({ contact_id }) => contact_id ?? [])
  const rows = new Map<string, MergeRow>()
  const nobody = { person_id: null, contact_id: null }
  if (people.length + contacts.length < readers.length) rows.set(readerOf(nobody), await getSampleRow(db, campaignId))
  for (const row of await listMergeRows(db, campaignId, people))
    rows.set(readerOf({ ...nobody, person_id: row.person_id }), row)
  if (contacts.length > 0)
    for (const { contact_id, ...row } of await listContactRows(db, campaignId, contacts))
      rows.set(readerOf({ ...nobody, contact_id }), row)
  return rows
}

async function prepareVersion(
  deps: ComposeDeps,
  campaignId: number,
  version: number,
  programme: Programme,
): Promise<{ variants: PreparedVersion; is_final: boolean }> {
  const [compiled, settings] = await Promise.all([
    ensureCompiled(deps, campaignId, version),
    getComposeSettings(deps.db, campaignId),
  ])
  const from = senderOf(deps.config, programme, settings.from_name)
  const urls = programme.count_clicks ? [...new Set([...compiled.values()].flatMap(({ html }) => linksIn(html)))] : []
  // Before the first message of the version exists: no redirect leaves that leads nowhere.
  await recordLinks(deps.db, campaignId, urls)
  const variants = new Map(
    [...compiled].map(([language, variant]) => {
      const escapes = escapesOf(variant.direction)
      const prepared: Prepared = {
        compiled: variant,
        body: encodeBody(
          { pieces: placeLinks(variant.text, { counted: false }), escape: escapes.text },
          { pieces: placeLinks(variant.html, { counted: programme.count_clicks }), escape: escapes.html },
          `pp-${randomBytes(12).toString('hex')}`,
        ),
        valuesOf: mergeValuesFor({
          language,
          default_language: settings.language,
          fallbacks: settings.fallbacks,
          sender_name: from.name,
          footer: programme.footer,
          fields: variant.fields,
        }),
        subject: (values) => renderPieces(variant.subject, values, escapes.subject),
        from,
        redirects: programme.count_clicks && linksIn(variant.html).length > 0,
        automatic: settings.lane === 'automatic',
        roundCode: settings.round_code,
      }
      return [language, prepared]
    }),
  )
  return { variants, is_final: settings.frozen_at !== null }
}

function composeOne(
  { keys, config, signer, clock }: ComposeDeps,
  delivery: ClaimedDelivery,
  variant: Prepared,
  row: MergeRow,
): Composed {
  const { mailDomain } = config
  const links = linksOf(
    { keys, config },
    {
      ...{ id: delivery.id, contact_id: delivery.contact_id, round_code: variant.roundCode },
    },
  )
  const values = variant.valuesOf(row, links)
  if (variant.redirects) values[REDIRECT] = redirectOf({ keys, config }, delivery.id)
  // Only where the message goes to whom it concerns: whoever tests a campaign as a reader has agreed to nothing.
  if (row.opening_addresses?.includes(delivery.address)) values[OPENING] = openingOf({ keys, config }, delivery.id)
  const message = composeMessage(
    {
      from: variant.from,
      to: { name: `${row.given_name} ${row.family_name}`, address: delivery.address },
      replyTo: `reply+${signToken(keys, 'reply', delivery.id)}@${mailDomain}`,
      subject: variant.subject(values),
      date: clock.now(),
      messageId: `${delivery.id}.${signToken(keys, 'resend', delivery.id)}@${mailDomain}`,
      listId: `<${variant.roundCode.toLowerCase()}.${mailDomain}>`,
      feedbackId: `${delivery.campaign_id}:${variant.roundCode}:${delivery.lane}:pairpost`,
      inReplyTo: delivery.in_reply_to,
      automatic: variant.automatic,
      unsubscribe: variant.automatic
        ? undefined
        : { url: links.unsubscribe, mailto: `mailto:u+${signToken(keys, 'unsubscribe', delivery.id)}@${mailDomain}` },
    },
    variant.body.contentType,
    renderBody(variant.body, values),
    signer,
  )
  return { from: `bounce+${signToken(keys, 'bounce', delivery.id)}@${mailDomain}`, to: delivery.address, message }
}
