import { type FieldFault, InvalidInput } from '../../../lib/errors.ts'
import { isMergeField, LINE_LIMIT, MARKDOWN_LIMIT_BYTES, parseLanguage, type VariantText } from '../content/index.ts'
import { type CampaignChange, type CampaignExtras, NO_EXTRAS, type VariantInput } from '../schema.ts'

export type Variants = Map<string, VariantText>

/**
 * Applies a change to the texts of a campaign; a new campaign is a change to nothing. The text beside `variants` is
 * the one in the campaign's own language. What cannot be stored is refused here; a text that is wrong in any other
 * way may be kept as a draft, and the checks name it. @throws InvalidInput naming every fault
 */
export function applyChange(
  before: { language: string; variants: Variants },
  change: CampaignChange,
): { language: string; variants: Variants } {
  const faults: FieldFault[] = [...findUnstorable(change), ...findUnknownFallbacks(change.fallbacks ?? {})]
  const language = parseLanguage(change.language ?? before.language)
  if (language === undefined)
    throw new InvalidInput([...faults, { field: 'language', message: `"${change.language}" is not a known language.` }])

  const { subject, preheader, body_markdown, extras } = change
  const own = { subject, preheader, body_markdown, extras }
  const changes = new Map<string, VariantInput | null>()
  if (Object.values(own).some((part) => part !== undefined)) changes.set(language, change)
  for (const [tag, variant] of Object.entries(change.variants ?? {})) {
    const known = parseLanguage(tag)
    if (known === undefined) faults.push({ field: `variants.${tag}`, message: `"${tag}" is not a known language.` })
    else if (changes.has(known))
      faults.push({ field: `variants.${tag}`, message: `The text in ${known} is given twice.` })
    else changes.set(known, variant)
  }

  const variants: Variants = new Map(before.variants)
  for (const [tag, variant] of changes) {
    if (variant === null) variants.delete(tag)
    else variants.set(tag, mergeText(before.variants.get(tag), variant))
  }
  for (const [tag, text] of variants) faults.push(...findOversize(tag === language ? '' : `variants.${tag}.`, text))
  if (!variants.has(language))
    faults.push({ field: 'language', message: `There is no text in ${language}, the campaign's own language.` })
  if (faults.length > 0) throw new InvalidInput(faults)
  return { language, variants }
}

/** Whether two texts are the same to the letter. */
export function sameText(a: VariantText | undefined, b: VariantText | undefined): boolean {
  return JSON.stringify(a && orderedText(a)) === JSON.stringify(b && orderedText(b))
}

/** The text with its keys in one order, and nothing else. */
export function orderedText(text: VariantText): VariantText {
  return mergeText(undefined, text)
}

function mergeText(before: VariantText | undefined, change: VariantInput): VariantText {
  return {
    subject: change.subject ?? before?.subject ?? '',
    preheader: change.preheader ?? before?.preheader ?? '',
    body_markdown: change.body_markdown ?? before?.body_markdown ?? '',
    extras: orderedExtras({ ...NO_EXTRAS, ...before?.extras, ...change.extras }),
  }
}

/** With the keys in one order, so that texts compare: the database keeps them in another. */
function orderedExtras({ image, video, curator, links }: CampaignExtras): CampaignExtras {
  const thumbnail = video?.thumbnail_url === undefined ? {} : { thumbnail_url: video.thumbnail_url }
  return {
    image: image && { url: image.url, alt: image.alt },
    video: video && { title: video.title, url: video.url, ...thumbnail },
    curator,
    links: links.map(({ title, url }) => ({ title, url })),
  }
}

function findOversize(path: string, text: VariantText): FieldFault[] {
  const bytes = Buffer.byteLength(text.body_markdown)
  const { image, video, curator, links } = text.extras
  const lines: [string, string | null | undefined][] = [
    ['subject', text.subject],
    ['preheader', text.preheader],
    ['extras.curator', curator],
    ['extras.image.url', image?.url],
    ['extras.image.alt', image?.alt],
    ['extras.video.title', video?.title],
    ['extras.video.url', video?.url],
    ['extras.video.thumbnail_url', video?.thumbnail_url],
    ...links.flatMap(({ title, url }, at): [string, string][] => [
      [`extras.links.${at}.title`, title],
      [`extras.links.${at}.url`, url],
    ]),
  ]
  const long = lines.filter(([, line]) => (line?.length ?? 0) > LINE_LIMIT)
  return [
    ...(bytes > MARKDOWN_LIMIT_BYTES
      ? [
          {
            field: `${path}body_markdown`,
            message: `The text has ${Math.ceil(bytes / 1024)} KB; the limit is ${MARKDOWN_LIMIT_BYTES / 1024} KB.`,
          },
        ]
      : []),
    ...long.map(([field]) => ({ field: `${path}${field}`, message: `It has more than ${LINE_LIMIT} characters.` })),
  ]
}

function findUnknownFallbacks(fallbacks: Record<string, string>): FieldFault[] {
  return Object.keys(fallbacks)
    .filter((name) => !isMergeField(name))
    .map((name) => ({ field: `fallbacks.${name}`, message: `There is no merge field {{${name}}}.` }))
}

/** PostgreSQL keeps neither NUL nor half a surrogate pair. */
function findUnstorable(value: unknown, path = ''): FieldFault[] {
  if (typeof value === 'string')
    return value.includes('\0') || !value.isWellFormed()
      ? [{ field: path, message: 'It holds a character that cannot be stored.' }]
      : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => {
    const inside = path === '' ? key : `${path}.${key}`
    return [...findUnstorable(key, inside), ...findUnstorable(part, inside)]
  })
}
