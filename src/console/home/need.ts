/** Something that needs a person: one sentence with one link, a second line, and a mark that is not colour alone. */
export interface Need {
  before: string
  /** A campaign's subject, as its writer wrote it; stands in quotes. May be empty. */
  subject: string
  after: string
  href: string
  detail: string
  tone: 'bad' | 'wait' | 'good' | 'info' | 'quiet'
  badge: string
}
