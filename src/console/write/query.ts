import { type Static, Type } from '@fastify/type-provider-typebox'
import { mayDo, type Role } from '../../lib/permissions.ts'

export const Params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

const word = (...words: string[]) => Type.Optional(Type.Unsafe<string>(Type.String({ enum: words })))

/** How the preview beside the text is looked at; the form carries the same names. */
const PREVIEW = {
  /** 'sample', 'me', or the id of a person. */
  as: Type.Optional(Type.String({ pattern: '^(sample|me|[1-9][0-9]{0,15})$' })),
  scheme: word('light', 'dark'),
  size: word('desktop', 'phone'),
  part: word('html', 'text'),
  q: Type.Optional(Type.String({ maxLength: 200 })),
}
export const PreviewFields = Type.Object(PREVIEW)

export const WriteQuery = Type.Object({
  ...PREVIEW,
  language: Type.Optional(Type.String({ maxLength: 40 })),
  notice: Type.Optional(Type.String({ maxLength: 40 })),
  /** More rows for links than there are links. */
  rows: Type.Optional(Type.Integer({ minimum: 0, maximum: 20 })),
})
export type WriteQuery = Static<typeof WriteQuery>

export interface PreviewChoice {
  as: string
  scheme: 'light' | 'dark'
  size: 'desktop' | 'phone'
  part: 'html' | 'text'
  q: string
}

/** Whoever may not see people sees sample values, whatever the address says. */
export function readChoice(query: Static<typeof PreviewFields>, role: Role): PreviewChoice {
  const { as = 'sample' } = query
  const seesPeople = mayDo(role, 'people.read')
  return {
    as: /^\d/.test(as) && !seesPeople ? 'sample' : as,
    scheme: query.scheme === 'dark' ? 'dark' : 'light',
    size: query.size === 'phone' ? 'phone' : 'desktop',
    part: query.part === 'text' ? 'text' : 'html',
    q: seesPeople ? (query.q ?? '').trim() : '',
  }
}

/** The address of the write page, or of what belongs to it, with what is not as usual. */
export function writeHref(id: number, language: string, choice?: Partial<PreviewChoice>, more: object = {}): string {
  const usual: PreviewChoice = { as: 'sample', scheme: 'light', size: 'desktop', part: 'html', q: '' }
  const chosen = Object.entries(choice ?? {}).filter(([name, value]) => usual[name as keyof PreviewChoice] !== value)
  const query = new URLSearchParams({ language, ...Object.fromEntries(chosen), ...more })
  return `/console/campaigns/${id}?${query}`
}

/** The address of the document that the preview's frame shows. */
export function previewSrc(id: number, language: string, { as, scheme, part }: PreviewChoice): string {
  return `/console/campaigns/${id}/preview?${new URLSearchParams({ as, language, scheme, part })}`
}
