import type { FieldFault } from '../../lib/errors.ts'

/** What a field of the API is called on the page, and the id of its input. */
const ON_PAGE: Record<string, [id: string, name: string]> = {
  subject: ['subject', 'Subject'],
  preheader: ['preheader', 'Preheader'],
  body_markdown: ['body_markdown', 'Text'],
  'extras.image.url': ['image_url', 'Picture at the top'],
  'extras.image.alt': ['image_alt', 'Description of the picture'],
  'extras.video.title': ['video_title', 'Title of the video'],
  'extras.video.url': ['video_url', 'Address of the video'],
  'extras.video.thumbnail_url': ['video_thumbnail_url', 'Still picture of the video'],
  'extras.curator': ['curator', 'Guest curator'],
  from_name: ['from_name', "Sender's name"],
  planned_at: ['planned_at', 'Planned time'],
  channel: ['channel', 'By whom it is sent'],
  based_on: ['', 'Version'],
}

/** Faults of a save as the page shows them: each leads to an input that is there. @param language of the form */
export function presentFaults(faults: readonly FieldFault[], language: string): FieldFault[] {
  return faults.map(({ field, message }) => {
    const own = field.startsWith(`variants.${language}.`) ? field.slice(`variants.${language}.`.length) : field
    const link = /^extras\.links\.(\d+)\.(title|url)$/.exec(own)
    if (link) return { field: `link_${link[2]}_${link[1]}`, message: `Link ${Number(link[1]) + 1}: ${message}` }
    const [id, name] = ON_PAGE[own] ?? []
    if (name !== undefined && id !== undefined) return { field: id, message: `${name}: ${message}` }
    if (own.startsWith('fallbacks.')) return { field: own, message }
    if (own === 'new_language' || own.startsWith('variants.')) return { field: 'new_language', message }
    return { field: '', message }
  })
}
