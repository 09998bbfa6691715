import type { Hierarchy, MatchingApplicant } from '../../../../src/features/matching/scores/index.ts'

/** An applicant who answered nothing but what a test says. */
export function applicant(id: number, told: Partial<MatchingApplicant> = {}): MatchingApplicant {
  return {
    person_id: id,
    given_name: `Person ${id}`,
    family_name: 'Last',
    country_code: 'AU',
    language: 'en',
    time_zone: null,
    sector: null,
    career_stage: null,
    pathway: 'direct',
    special_request: null,
    answers: {},
    former_partner_ids: [],
    ...told,
  }
}

/** Rules that forbid nothing. */
export const NO_RULES: Hierarchy['rules'] = { other: 'none', never_former_partners: false }
