import { type ParsedVariant, parseVariant, type VariantText } from './parse.ts'

/** A web address of a text that is the same for every reader. */
export interface FoundAddress {
  url: string
  line: number | undefined
  is_picture: boolean
}

/** Every web address of a text, pictures included, as often as it stands there. */
export function listAddresses(text: VariantText, language: string): FoundAddress[] {
  return addressesOf(parseVariant(text, language))
}

export function addressesOf({ links, pictures, text, markers }: ParsedVariant): FoundAddress[] {
  const { image, video } = text.extras
  const beside = [image?.url, video?.thumbnail_url].flatMap((url) => (url ? [{ url, line: undefined }] : []))
  const shown = [...pictures, ...beside].map(({ url, line }) => ({ url, line, is_picture: true }))
  const led = links.map(({ url, line }) => ({ url, line, is_picture: false }))
  return [...led, ...shown].filter(({ url }) => /^https?:/i.test(url) && !markers.has(url))
}
