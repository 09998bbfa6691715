/** Content: from Markdown to exactly what a person gets. Pure but for reading the templates; entered through here. */

export { type FoundAddress, listAddresses } from './addresses.ts'
export { checkVariant } from './check-variant.ts'
export { type CampaignCheck, checkCampaign } from './checks.ts'
export { type Compiled, compileVariant } from './compile.ts'
export { FINDING_CODES, type Finding, type FindingCode } from './findings.ts'
export { chooseVariant, parseLanguage } from './language.ts'
export { linkKey } from './link-key.ts'
export {
  listUnfillable,
  type MailchimpPart,
  type MailchimpTags,
  writeForMailchimp,
} from './mailchimp-part.ts'
export { isMergeField, type MergeField, OPENING, type PieceField, REDIRECT } from './merge-fields.ts'
export {
  type EmptyField,
  findEmptyFields,
  linksTo,
  type MergeLinks,
  type MergeRow,
  type MergeSettings,
  type MergeValues,
  mergeValuesFor,
  mergeValuesOf,
  SAMPLE_ROW,
} from './merge-values.ts'
export { LINE_LIMIT, MARKDOWN_LIMIT_BYTES, type VariantText } from './parse.ts'
export { PHRASE_LANGUAGES, type Phrases, phrasesOf, type ReaderKind } from './phrases.ts'
export { linksIn } from './pieces.ts'
export { escapesOf, placeLinks, renderMessage, renderPieces } from './render.ts'
export { parseTopicFile, type TopicFile } from './topic-file.ts'
export { type WebCopy, type WebCopySettings, writeWebCopy } from './web-part.ts'
