import { expect, test } from 'vitest'
import { countryName, findCountryCode, listCountryCodes } from '../../src/lib/countries.ts'

test.each([
  ['australia ', 'AU'],
  ['AUSTRALIA', 'AU'],
  ['The Gambia', 'GM'],
  ['Gambia, The', 'GM'],
  ['England', 'GB'],
  ['Wales', 'GB'],
  ['Northern Ireland', 'GB'],
  ['U.K.', 'GB'],
  ['U.S.A.', 'US'],
  ['usa', 'US'],
  ['Hong Kong, China', 'HK'],
  ['Korea, Republic of', 'KR'],
  ['Iran, Islamic Republic of', 'IR'],
  ['Iran (Islamic Republic of)', 'IR'],
  ['Tanzania, United Republic of', 'TZ'],
  ['Congo, Democratic Republic of the', 'CD'],
  ["People's Republic of China", 'CN'],
  ['PEOPLE’S REPUBLIC OF CHINA', 'CN'],
  ["Cote d'Ivoire", 'CI'],
  ['Côte d’Ivoire', 'CI'],
  ['Ivory Coast', 'CI'],
  ['Viet Nam', 'VN'],
  ['TÜRKİYE', 'TR'],
  ['Turkey', 'TR'],
  ['Czechia', 'CZ'],
  ['St. Lucia', 'LC'],
  ['Trinidad & Tobago', 'TT'],
  ['Brasil', 'BR'],
  ['Deutschland', 'DE'],
  ['España', 'ES'],
  ['Schweiz / Suisse', 'CH'],
  ['日本', 'JP'],
  ['대한민국', 'KR'],
  ['Россия', 'RU'],
  ['مصر', 'EG'],
  ['भारत', 'IN'],
  ['Ελλάδα', 'GR'],
  ['ประเทศไทย', 'TH'],
  ['Phillipines', 'PH'],
  ['de', 'DE'],
  ['DEU', 'DE'],
  ['Sydney, Australia', 'AU'],
  ['United States (USA)', 'US'],
])('%j is %s', (spelled, code) => {
  expect(findCountryCode(spelled)).toBe(code)
})

test.each([
  '',
  ' ',
  'Atlantis',
  'Perth, WA',
  'San Jose, CA',
  'Georgia, USA',
  'constructor',
  '__proto__',
  'x'.repeat(5000),
  'the',
])('%j is no country, or could be two', (spelled) => {
  expect(findCountryCode(spelled)).toBeUndefined()
})

test('every country is found by its own English name and by its codes', () => {
  for (const code of listCountryCodes()) {
    expect(findCountryCode(countryName(code))).toBe(code)
    expect(findCountryCode(code.toLowerCase())).toBe(code)
  }
})
