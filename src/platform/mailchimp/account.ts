import { Upstream } from '../../lib/errors.ts'

export interface Account {
  apiKey: string
  /** Where the API is instead, such as http://127.0.0.1:4000/3.0. */
  baseUrl?: string | undefined
}

/** Where the API of an account is: its data centre is what the key ends in. */
export function basePathOf({ apiKey, baseUrl }: Account): string {
  if (baseUrl !== undefined) return baseUrl.replace(/\/+$/, '')
  const centre = /-([a-z]+\d+)$/i.exec(apiKey)?.[1]
  if (centre === undefined) {
    throw new Upstream(
      'mailchimp_key_refused',
      'The Mailchimp key names no data centre: it ends in something like -us21. Copy the whole key, set MAILCHIMP_API_KEY, then start again.',
      { retryable: false },
    )
  }
  return `https://${centre.toLowerCase()}.api.mailchimp.com/3.0`
}
