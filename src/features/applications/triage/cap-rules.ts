import { countryName } from '../../../lib/countries.ts'

/** Applications of one country that are in the round or want in. */
export interface CountryCount {
  country_code: string
  /** Applied or confirmed: they have a place. */
  holding: number
  waitlisted: number
}

export interface CountryStanding extends CountryCount {
  /** In English. */
  country: string
  applicants: number
  /** Of all applicants, one decimal. */
  percent: number
  /** Of the country's places, how many nobody has; below zero when more were let in. */
  free: number
}

export interface CountryCap {
  cap_percent: number
  /** Who is in the round or wants in: applied, waitlisted or confirmed, however they came. */
  applicants: number
  /** How many of one country can have a place, at this number of applicants. */
  places: number
  /** The largest first. */
  countries: CountryStanding[]
}

/** Of the very first applicants every country has more than its share, which says nothing about the round yet. */
const FEWEST_APPLICANTS = 50

/** How many of one country can have a place: its share of everybody who is in or wants in, rounded down. */
export function placesOf(applicants: number, capPercent: number): number {
  return Math.max(1, Math.floor((Math.max(applicants, FEWEST_APPLICANTS) * capPercent) / 100))
}

/**
 * First come, first served: a newcomer has a place when there is one for them after everybody of their country who waits.
 * @param count the newcomer's country without them; `applicants` with them
 */
export function hasPlace(count: {
  holding: number
  waitlisted: number
  applicants: number
  cap_percent: number
}): boolean {
  return count.holding + count.waitlisted < placesOf(count.applicants, count.cap_percent)
}

export function standingOf(counts: readonly CountryCount[], cap_percent: number): CountryCap {
  const applicants = counts.reduce((sum, { holding, waitlisted }) => sum + holding + waitlisted, 0)
  const places = placesOf(applicants, cap_percent)
  const countries = counts
    .map((count) => {
      const own = count.holding + count.waitlisted
      const percent = applicants === 0 ? 0 : Math.round((own * 1000) / applicants) / 10
      return {
        ...count,
        country: countryName(count.country_code),
        applicants: own,
        percent,
        free: places - count.holding,
      }
    })
    .sort((a, b) => b.applicants - a.applicants || (a.country_code < b.country_code ? -1 : 1))
  return { cap_percent, applicants, places, countries }
}
