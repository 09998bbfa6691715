import matter from 'gray-matter'
import { type FieldFault, InvalidInput } from '../../../lib/errors.ts'
import { type CampaignExtras, NO_EXTRAS } from '../schema.ts'
import { parseLanguage } from './language.ts'
import type { VariantText } from './parse.ts'

/** A prepared text: Markdown with front matter, as in demo/topics and templates/email/texts. */
export interface TopicFile extends VariantText {
  language: string
  number: number | null
  slug: string | null
  title: string | null
}

/**
 * Reads a prepared text. Pictures are named by a path such as images/x.png. @param picturesUrl where they are
 * published: x.png becomes `${picturesUrl}/x.png` @throws InvalidInput naming every faulty key
 */
export function parseTopicFile(file: string, picturesUrl: string): TopicFile {
  const { data, content } = readFrontMatter(file)
  const faults: FieldFault[] = []
  const read = reader(data, faults)
  const language = parseLanguage(read.text('locale') ?? 'en')
  if (language === undefined) faults.push({ field: 'locale', message: 'is not a known language.' })
  const topic: TopicFile = {
    language: language ?? 'en',
    number: read.number('number'),
    slug: read.text('slug') ?? read.text('key'),
    title: read.text('title'),
    subject: read.text('subject') ?? '',
    preheader: read.text('preheader') ?? '',
    body_markdown: content.trim(),
    extras: {
      ...NO_EXTRAS,
      image: readImage(reader(read.map('image'), faults, 'image.'), picturesUrl),
      video: readVideo(reader(read.map('video'), faults, 'video.')),
      curator: read.text('curator'),
      links: read.list('links').map((link, at) => {
        const from = reader(link, faults, `links.${at}.`)
        return { title: from.text('title') ?? '', url: from.text('url') ?? '' }
      }),
    },
  }
  if (faults.length > 0) throw new InvalidInput(faults)
  return topic
}

type Data = Record<string, unknown>

function readFrontMatter(file: string): { data: Data; content: string } {
  // gray-matter would run front matter that calls itself JavaScript.
  const refuse = () => {
    throw new Error('front matter must be YAML')
  }
  try {
    const { data, content } = matter(file, {
      engines: { javascript: refuse, js: refuse, coffee: refuse, json: refuse },
    })
    return { data: isMap(data) ? data : {}, content }
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0]
    throw new InvalidInput([{ field: 'front matter', message: `cannot be read: ${reason}` }])
  }
}

function readImage(from: Reader, picturesUrl: string): CampaignExtras['image'] {
  const path = from.text('path')
  if (path === null) return null
  const name = path.split('/').at(-1) ?? ''
  const url = /^https?:\/\//.test(path) ? path : `${picturesUrl.replace(/\/+$/, '')}/${encodeURIComponent(name)}`
  return { url, alt: from.text('alt') ?? '' }
}

function readVideo(from: Reader): CampaignExtras['video'] {
  const url = from.text('url')
  if (url === null) return null
  const thumbnail_url = from.text('thumbnail_url')
  return { url, title: from.text('title') ?? '', ...(thumbnail_url === null ? {} : { thumbnail_url }) }
}

type Reader = ReturnType<typeof reader>

function reader(data: Data, faults: FieldFault[], path = '') {
  const value = <T>(key: string, wanted: string, fits: (found: unknown) => found is T): T | null => {
    const found = Object.hasOwn(data, key) ? data[key] : null
    if (found === null || found === undefined) return null
    if (fits(found)) return found
    faults.push({ field: `${path}${key}`, message: `must be ${wanted}.` })
    return null
  }
  return {
    text: (key: string) => value(key, 'text', (found) => typeof found === 'string'),
    number: (key: string) => value(key, 'a number', (found) => typeof found === 'number'),
    map: (key: string) => value(key, 'a group of keys', isMap) ?? {},
    list: (key: string) =>
      value(key, 'a list', (found): found is Data[] => Array.isArray(found) && found.every(isMap)) ?? [],
  }
}

function isMap(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
