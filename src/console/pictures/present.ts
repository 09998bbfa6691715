import { type Picture, pictureMarkdown } from '../../features/pictures/index.ts'
import { type PresentedTime, presentTime } from '../present/time.ts'

export interface PresentedPicture {
  /** For the page itself. */
  path: string
  /** For a text: whole, with our host. */
  url: string
  alt: string
  width: number
  height: number
  size: string
  /** Many readers pay for what they load. */
  large: boolean
  markdown: string
  file_name: string
  added: PresentedTime
  /** Id of the field with the Markdown. */
  field: string
}

const LARGE_OCTETS = 200 * 1024

export function presentPicture(
  picture: Picture,
  { publicUrl, zone }: { publicUrl: string; zone: string },
): PresentedPicture {
  const { path, alt, width, height, octets } = picture
  const url = `${publicUrl}${path}`
  return {
    ...{ path, url, alt, width, height },
    size: octets < 1024 ? `${octets} bytes` : `${Math.round(octets / 1024)} KB`,
    large: octets > LARGE_OCTETS,
    markdown: pictureMarkdown(alt, url),
    file_name: picture.file_name ?? '',
    added: presentTime(picture.created_at, zone),
    field: `markdown-${picture.id}`,
  }
}
