/**
 * Imports of application exports (SurveyMonkey, Google Forms). Owns imports, import_changes and import_mappings, and
 * writes people, addresses and applications. Guarantees that an import is written as a whole or not at all, once,
 * that a faulty row is named and left out, that a person's later form wins, and that undo takes back exactly what the
 * import did or nothing. Does not guess another encoding than UTF-8, nor merge people of two addresses.
 */
export { MOST_OCTETS } from './decode.ts'
export type { RowFault } from './faults.ts'
export {
  forgetKeptUploads,
  getKeptImport,
  type KeptImport,
  keepUpload,
  listImports,
  listImportsOfPerson,
  startDryRun,
  startKeptImport,
  suggestColumns,
} from './kept.ts'
export { REQUIRED, SPREADING } from './mapping.ts'
export { type ImportNeed, listImportNeeds } from './needs-queries.ts'
export type { ImportResult } from './result.ts'
export { addImportRoutes } from './routes.ts'
export { getFaultsCsv, importApplications, importWork, startImport, type Upload } from './service.ts'
export { findUndoObstacle, undoImport } from './undo.ts'
