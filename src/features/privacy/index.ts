/**
 * Privacy: what we hold about a person, forgetting it, and how long it is kept. Owns the table erasures and the columns
 * erased_at, retention_months and anonymised_at.
 *
 * Guarantees (each has its test):
 * - an export has every table that leads to the person, or says why not (export/tables.ts); a partner is in it by given
 *   name and country only;
 * - erasing leaves no name, address or text of theirs in any column of any table, but for the address on the suppression
 *   list where it says "never again"; it is done whole or not at all, and never while an email to them is on its way;
 * - no figure changes by it: state, country, sector, career stage, pathway and times stay;
 * - a round whose day has come is made anonymous in steps that a crash cannot spoil.
 *
 * Not here: what others wrote about somebody in their own letters, and texts of campaigns; consents (features/consents);
 * mail that has left. Backups are the operator's.
 */
export { erasePerson } from './erase/erase.ts'
export { exportPerson, type PersonExport } from './export/export.ts'
export { IN_EXPORT, LEFT_OUT } from './export/tables.ts'
export { changeRetention, getRetention, type Retention } from './retention/settings.ts'
export { sweepRetention } from './retention/sweep.ts'
export { addPrivacyRoutes } from './routes.ts'
