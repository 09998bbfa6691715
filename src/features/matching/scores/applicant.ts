/** An applicant as matching sees them, frozen into a run: what the scores of a run were made from never changes. */
export interface MatchingApplicant {
  person_id: number
  given_name: string
  family_name: string
  /** ISO 3166-1 alpha-2 */
  country_code: string
  /** BCP 47 */
  language: string
  /** IANA; null: the zone assumed for the country */
  time_zone: string | null
  sector: string | null
  career_stage: string | null
  pathway: string
  special_request: string | null
  /** The other answers of the application form, by their names. */
  answers: Record<string, unknown>
  former_partner_ids: number[]
  role?: 'mentor' | 'protege' | null
  /** How many partners a mentor takes. */
  capacity?: number | null
  /** Left out: agreed, as only such applicants are put forward. */
  code_of_conduct_agreed?: boolean
}
