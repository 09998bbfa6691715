import type { Clock } from '../../../lib/clock.ts'
import { countryName } from '../../../lib/countries.ts'
import { NotFound } from '../../../lib/errors.ts'
import type { Db } from '../../../platform/db/open.ts'
import { findTraces } from '../erase/trace-queries.ts'
import type { ExportedRow } from './json-queries.ts'
import { listExportedContacts, listExportedEmails, listExportedForms, listExportedMessages } from './mail-queries.ts'
import { listExportedContactsThere } from './mailchimp-queries.ts'
import {
  findExportedPerson,
  listExportedApplications,
  listExportedChanges,
  listExportedConsents,
  listExportedErasures,
  listExportedImports,
  listExportedMatching,
  listExportedPartnerships,
  listExportedStops,
} from './person-queries.ts'

/** Everything we hold about one person, in the words of the programme. Where each table is: export/tables.ts. */
export interface PersonExport {
  exported_at: string
  person: ExportedRow & { country: string }
  applications: ExportedRow[]
  forms: ExportedRow[]
  contacts: ExportedRow[]
  partnerships: ExportedRow[]
  matching: ExportedRow[]
  consents: ExportedRow[]
  preference_changes: ExportedRow[]
  stops: ExportedRow[]
  emails: ExportedRow[]
  messages: ExportedRow[]
  imports: ExportedRow[]
  mailchimp: ExportedRow[]
  erasures: ExportedRow[]
}

/**
 * What we hold about one person, as it stands at one moment. Partners are in it by given name and country only.
 * @throws NotFound
 */
export async function exportPerson(
  { db, clock }: { db: Db; clock: Clock },
  { id }: { id: number },
): Promise<PersonExport> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const person = await findExportedPerson(tx, id)
      if (!person) throw new NotFound(`Person ${id}`)
      const traces = await findTraces(tx, [id])
      return {
        exported_at: clock.now().toISOString(),
        person: { ...person, country: countryName(String(person.country_code)) },
        applications: await listExportedApplications(tx, id),
        forms: await listExportedForms(tx, traces),
        contacts: await listExportedContacts(tx, traces),
        partnerships: await listExportedPartnerships(tx, id),
        matching: await listExportedMatching(tx, id),
        consents: await listExportedConsents(tx, id),
        preference_changes: await listExportedChanges(tx, id),
        stops: await listExportedStops(tx, id),
        emails: await listExportedEmails(tx, traces),
        messages: await listExportedMessages(tx, traces),
        imports: await listExportedImports(tx, id),
        mailchimp: await listExportedContactsThere(tx, id),
        erasures: await listExportedErasures(tx, id),
      }
    })
}
