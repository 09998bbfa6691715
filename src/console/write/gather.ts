import {
  type Campaign,
  type Finding,
  findPreviewPerson,
  findVersionWriter,
  listPreviewPeople,
  listTextFindings,
  searchPreviewPeople,
  senderOf,
  type VersionWriter,
} from '../../features/campaigns/index.ts'
import { readConnection } from '../../features/mailchimp/index.ts'
import { getProgramme, type Programme } from '../../features/programme/index.ts'
import { mayDo } from '../../lib/permissions.ts'
import type { Caller } from '../../platform/http/access.ts'
import type { ConsoleDeps } from '../shell.ts'
import type { PreviewPeople } from './present-preview.ts'
import type { PreviewChoice } from './query.ts'

/** What the write page shows beside the form itself. */
export interface WriteFacts {
  campaign: Campaign
  programme: Programme
  /** Who sends when the campaign names nobody. */
  usual_sender: string
  /** Who wrote the version that is current. */
  writer: VersionWriter | undefined
  findings: Finding[]
  /** Null: whoever looks may not see people. */
  people: PreviewPeople | null
  /** Whether a campaign could be handed over. */
  mailchimp: 'off' | 'not connected' | 'connected'
}

type GatherDeps = Pick<ConsoleDeps, 'db' | 'clock' | 'config' | 'mailchimp'>

export async function gatherWrite(
  deps: GatherDeps,
  campaign: Campaign,
  caller: Caller,
  choice: PreviewChoice,
): Promise<WriteFacts> {
  const { db, config } = deps
  const [programme, writer, findings, people, connection] = await Promise.all([
    getProgramme(db),
    findVersionWriter(db, campaign.id, campaign.version),
    listTextFindings(deps, campaign.id),
    gatherPeople(deps, campaign.id, caller, choice),
    readConnection(deps),
  ])
  const mailchimp = connection ? 'connected' : deps.mailchimp ? 'not connected' : 'off'
  const usual_sender = senderOf(config, programme, null).name
  return { campaign, programme, usual_sender, writer, findings, people, mailchimp }
}

export async function gatherPeople(
  { db }: Pick<GatherDeps, 'db'>,
  id: number,
  caller: Caller,
  { as, q }: PreviewChoice,
): Promise<PreviewPeople | null> {
  if (!mayDo(caller.role, 'people.read')) return null
  const [telling, found, chosen] = await Promise.all([
    listPreviewPeople(db, id),
    q === '' ? [] : searchPreviewPeople(db, q),
    /^\d/.test(as) ? findPreviewPerson(db, Number(as)) : undefined,
  ])
  return { me: caller.staff?.name ?? '', telling, found, chosen }
}
