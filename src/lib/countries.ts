import isoCountries from 'i18n-iso-countries'

/**
 * Countries as people spell them, to ISO 3166-1 alpha-2. Names come from i18n-iso-countries (78 languages) and from
 * the CLDR names inside the runtime; ALIASES holds what both miss or decide otherwise.
 */

/** Written as `keyOf` would write them. Parts of a state count as the state, as ISO 3166-1 has it. */
const ALIASES: Record<string, string> = {
  ...spread('GB', [
    'uk',
    'great britain',
    'britain',
    'england',
    'scotland',
    'wales',
    'cymru',
    'northern ireland',
    'united kingdom of great britain and northern ireland',
    'england uk',
  ]),
  ...spread('US', ['usa', 'u s', 'u s a', 'america', 'united states of america', 'the states', 'united states us']),
  ...spread('AE', ['uae', 'u a e', 'emirates', 'dubai', 'abu dhabi']),
  ...spread('HK', ['hong kong china', 'hong kong sar', 'hong kong sar china', 'hongkong', 'china hong kong']),
  ...spread('MO', ['macau', 'macao', 'macau china', 'macao sar', 'macao china']),
  ...spread('TW', ['taiwan', 'taiwan roc', 'taiwan province of china', 'republic of china', 'chinese taipei', '臺灣']),
  ...spread('CN', ['china', 'prc', 'p r china', 'pr china', 'peoples republic of china', 'mainland china']),
  ...spread('KR', ['korea', 'south korea', 'republic of korea', 'rok', 's korea', 'korea south']),
  ...spread('KP', ['north korea', 'dprk', 'korea north', 'democratic peoples republic of korea']),
  ...spread('CZ', ['czechia', 'czech republic']),
  ...spread('NL', ['holland', 'netherland']),
  ...spread('RU', ['russia']),
  ...spread('VN', ['vietnam']),
  ...spread('TR', ['turkey', 'turkiye']),
  ...spread('IR', ['iran', 'persia', 'islamic republic of iran']),
  ...spread('SY', ['syria']),
  ...spread('TH', ['ประเทศไทย', 'siam']),
  ...spread('LY', ['libyan arab jamahiriya']),
  ...spread('VC', ['saint vincent', 'saint vincent and grenadines']),
  ...spread('LA', ['laos']),
  ...spread('BN', ['brunei']),
  ...spread('MM', ['burma', 'burma myanmar', 'myanmar']),
  ...spread('CI', ['ivory coast', 'cote divoire', 'cote d ivore']),
  ...spread('SZ', ['swaziland']),
  ...spread('MK', ['macedonia', 'fyrom', 'former yugoslav republic of macedonia', 'republic of macedonia']),
  ...spread('CV', ['cape verde']),
  ...spread('TL', ['east timor']),
  ...spread('PS', ['palestine', 'state of palestine', 'palestinian territories', 'west bank', 'gaza']),
  ...spread('CD', ['drc', 'dr congo', 'd r congo', 'congo kinshasa', 'democratic republic of the congo', 'zaire']),
  ...spread('CG', ['congo', 'congo brazzaville', 'republic of the congo']),
  ...spread('BA', ['bosnia', 'bosnia herzegovina', 'bih']),
  ...spread('TT', ['trinidad', 'tobago']),
  ...spread('AG', ['antigua', 'barbuda']),
  ...spread('ST', ['sao tome', 'sao tome e principe']),
  ...spread('VA', ['vatican', 'vatican city', 'holy see']),
  ...spread('PG', ['png']),
  ...spread('NZ', ['nz', 'aotearoa', 'aotearoa new zealand', 'new zealand aotearoa']),
  ...spread('AU', ['oz', 'australie', 'commonwealth of australia']),
  ...spread('ZA', ['rsa', 'south africa']),
  ...spread('SA', ['ksa', 'saudi', 'kingdom of saudi arabia']),
  ...spread('IE', ['eire', 'republic of ireland', 'southern ireland']),
  ...spread('ES', ['catalonia', 'catalunya', 'basque country']),
  ...spread('GR', ['el', 'hellas']),
  ...spread('MX', ['estados unidos mexicanos']),
  ...spread('VI', ['us virgin islands', 'u s virgin islands', 'usvi']),
  ...spread('VG', ['british virgin islands', 'bvi']),
  ...spread('PR', ['puerto rico usa', 'puerto rico us']),
  ...spread('PH', ['philippine', 'phillipines', 'phillippines', 'philipines', 'philippinen', 'pilipinas']),
  ...spread('MY', ['malasia']),
  ...spread('SG', ['singapour', 'singapura']),
}

function spread(code: string, spellings: string[]): Record<string, string> {
  return Object.fromEntries(spellings.map((spelling) => [spelling, code]))
}

/** Letters that no decomposition turns into their plain form. */
const PLAIN: Record<string, string> = {
  ı: 'i',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
}
/** What stands before a name in a language or an address, and says nothing about which country it is. */
const LEADING = /^(?:the|la|le|les|el|los|las) (?=.{3})/
const LONGEST_SPELLING = 200

/**
 * The ISO 3166-1 alpha-2 code of a country, whatever its spelling: case, blanks, accents, "The …", "…, Republic of",
 * names in many languages, alpha-2 and alpha-3 codes, "City, Country". Undefined when it is none or could be two.
 */
export function findCountryCode(spelled: string): string | undefined {
  if (spelled.length > LONGEST_SPELLING) return undefined
  return findWhole(spelled) ?? findByParts(spelled)
}

/** Every code that findCountryCode may answer. */
export function listCountryCodes(): string[] {
  return Object.keys(isoCountries.getAlpha2Codes())
}

/** The country's English name, or the code itself for a code that is none. */
export function countryName(code: string): string {
  return isoCountries.getName(code, 'en') ?? code
}

function findWhole(spelled: string): string | undefined {
  const key = keyOf(spelled)
  if (key === '') return undefined
  return lookUp(key) ?? lookUp(key.replace(LEADING, '')) ?? lookUp(turnedRound(spelled))
}

/** "Korea, Republic of" reads "Republic of Korea". */
function turnedRound(spelled: string): string {
  const comma = spelled.indexOf(',')
  return comma < 0 ? '' : keyOf(`${spelled.slice(comma + 1)} ${spelled.slice(0, comma)}`)
}

/** "Burma (Myanmar)", "Sydney, Australia", "England / UK": good when all parts that are countries are the same one. */
function findByParts(spelled: string): string | undefined {
  const parts = spelled.split(/[,;/()|]| - | – /).filter((part) => part.trim() !== '')
  if (parts.length < 2 || parts.length > 5) return undefined
  // A short part is as likely a state or province as a country: "Perth, WA", "San Jose, CA".
  const codes = new Set(
    parts.filter((part) => keyOf(part).length > 3 || Object.hasOwn(ALIASES, keyOf(part))).map(findWhole),
  )
  codes.delete(undefined)
  return codes.size === 1 ? [...codes][0] : undefined
}

function lookUp(key: string): string | undefined {
  if (key === '') return undefined
  const alias = Object.hasOwn(ALIASES, key) ? ALIASES[key] : undefined
  return alias ?? codeItself(key) ?? names().get(key)
}

function codeItself(key: string): string | undefined {
  const code = key.toUpperCase()
  if (/^[A-Z]{2}$/.test(code)) return isoCountries.alpha2ToAlpha3(code) && code
  if (/^[A-Z]{3}$/.test(code)) return isoCountries.alpha3ToAlpha2(code)
  return undefined
}

/** Lower case, without accents and marks, every run of other characters one space; "U.S.A." and "USA" agree. */
function keyOf(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[ıøłđðþßæœ]/g, (letter) => PLAIN[letter] as string)
    .replace(/['’‘ʼ`´]s\b/g, 's')
    .replace(/(?<=\b\p{L})\.(?=\p{L}\b)/gu, '')
    .replace(/&/g, ' and ')
    .replace(/\bst\b\.? ?(?=\p{L})/gu, 'saint ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

let known: Map<string, string> | undefined

/** 40,000 names, 0.1 s to gather: made at the first question. A cache of constants, not state. */
function names(): Map<string, string> {
  known ??= gatherNames()
  return known
}

function gatherNames(): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, code] of namesIn('en')) found.set(key, code)
  const english = new Set(found.keys())
  const disputed = new Set<string>()
  for (const language of isoCountries.getSupportedLanguages()) {
    for (const [key, code] of namesIn(language)) {
      const before = found.get(key)
      // One spelling, two countries in two languages: English decides, otherwise nobody does.
      if (before !== undefined && before !== code && !english.has(key)) disputed.add(key)
      if (before === undefined) found.set(key, code)
    }
  }
  for (const key of disputed) found.delete(key)
  return found
}

function* namesIn(language: string): Generator<[string, string]> {
  for (const [code, spellings] of Object.entries(isoCountries.getNames(language, { select: 'all' }))) {
    for (const spelling of [spellings].flat()) yield [keyOf(spelling), code]
  }
  const cldr = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' })
  for (const code of listCountryCodes()) {
    const spelling = cldr.of(code)
    if (spelling) yield [keyOf(spelling), code]
  }
}
