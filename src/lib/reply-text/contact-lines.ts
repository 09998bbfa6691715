import { mayAnswer } from './answer-words.ts'
import { FULL_DATE, hasAddress } from './patterns.ts'

const LONGEST = 90
const LABELS =
  'tel|telephone|phone|ph|mobile|mob|cell|cellphone|fax|whats\\s?app|viber|telegram|skype|wechat|landline|hotline|contact|office|direct|home|work|e-?mail|mail|web|website|site|url|linked\\s?in|twitter|facebook|instagram|orcid|github|blog|(?:postal |office |home )?address|(?:working|office|opening|business) (?:hours|days)|teléfono|tfno|móvil|celular|cel|correo(?: electrónico)?|dirección|horario|téléphone|tél|portable|courriel|adresse|bureau|horaires|telefon|mobil|handy|anschrift|sprechzeiten|bürozeiten|öffnungszeiten|arbeitszeiten|telefono|cellulare|indirizzo|telefone|telemóvel|endereço|telefoon|mobiel|adres|puhelin|тел|телефон|моб|факс|почта|адрес|τηλ|κιν|τηλέφωνο|هاتف|جوال|فاكس|البريد|العنوان|טל|טלפון|נייד|פקס|دفتر|تلفن|موبایل|همراه|نمابر|ایمیل|फ़ोन|फोन|मोबाइल|电话|電話|手机|手機|传真|傳真|邮箱|地址|微信|邮编|携帯|住所|メール|전화|휴대폰|팩스|주소|이메일|telepon|hp|alamat|cep|faks|simu|anwani|barua pepe|điện thoại|đt|địa chỉ'
const NUMBERED =
  'reg|regn|registration|roll|matric|matriculation|student|staff|employee|member|membership|id|licen[cs]e|vat|index|house|flat|apt|appt|suite|room|box|block|plot|bldg|building|unit|bât|hausnr|haus|calle|av|col|rua|rue|via|street|st|road|tel|phone|mobile|cell|whats\\s?app'
const NUMBER = '(?:\\s?(?:nos?|number|numbers|nr|num|nº|n°|#))?\\.?'
const LABELLED = new RegExp(
  `^(?:${LABELS})s?(?![\\p{L}\\p{M}])${NUMBER}\\s?(?:\\([^()]{1,12}\\)\\s?)?([:：.]?)\\s?(.*)$`,
  'iu',
)
const ACCOUNT = /^(?:skype|telegram|wechat|linked|twitter|facebook|instagram|github|web|site|blog|orcid|微信)/i
const PLACE_OR_HOURS =
  /hours|days|address|adress?e|anschrift|dirección|horari|horaires|zeiten|indirizzo|endereço|адрес|العنوان|地址|邮编|住所|주소|alamat|anwani|địa chỉ/iu
const LETTER_LABELLED = /^[TMPFEWCAD]\s?[:.)]\s?(.+)$/
const NUMBERED_LINE = new RegExp(
  `(?:^|[\\s,(])(?:(?:${NUMBERED})\\.?${NUMBER}|p\\.?\\s?o\\.?\\s?box${NUMBER})\\s?:?\\s?[\\p{L}\\/.\\-]{0,4}\\d`,
  'iu',
)
const HOUSE = /(?:^|[,.]\s?|\p{L}\s)(?:no|nr|nº|n°)\.?\s?\d/iu
const STREET = /^(?:col|av|avda|avenida|calle|c\/|rua|rue|jl|jln|jalan|via|str|street)[.\s]/iu
const ROLES =
  /(?<![\p{L}-])(?:officer|manager|director|directora|directeur|directrice|librarian|student|candidate|professor|prof|lecturer|teacher|researcher|fellow|co-?ordinator|assistant|associate|engineer|nurse|nursing|physician|surgeon|surgery|head of|chief|ceo|cto|cfo|founder|president|secretary|departments?|dept|division|faculty|school|college|university|institute|ministry|hospital|clinic|library|libraries|foundation|association|society|council|centre|center|company|ltd|limited|inc|llc|gmbh|ag|kg|bv|pvt|plc|consultant|analyst|developer|designer|specialist|administrator|accountant|executive|intern|b\.?sc|m\.?sc|ph\.?d|mba|mph|md|universit\p{L}+|bibliot\p{L}+|institut\p{L}*|ministerio|ministère|facult\p{L}+|facultad|faculdade|fakultät|hochschule|étudiante?|estudiante|profesora?|professeure?|leiter(?:in)?|referent(?:in)?|студент\p{L}*|директор|библиотек\p{L}*|университет\p{L}*|üniversitesi)(?![\p{L}-])/iu
/** "Yes Foundation" is a name all the same. */
const ORGANISATION =
  /^[^,;:]{2,40}\s(?:foundation|institute|association|society|university|college|school|hospital|library|company|council|ltd|limited|inc|llc|gmbh|ag|bv|plc)\.?$/iu
const SMALL_WORD =
  /^(?:of|and|for|the|in|at|to|de|del|des|da|do|dos|das|di|du|der|die|und|für|et|y|e|en|la|le|les|el|von|van|den|het|i|w|и|&|n°|nº|no|\d{1,3}(?:st|nd|rd|th)|year|class|semester|[\p{L}]{1,5}\.)[,.]?$/iu
const CAPITAL = /^["“(]?[\p{Lu}\d#][\p{L}\p{M}\p{N}.'’&/+)-]*["”,.)]{0,2}$/u
const NAME =
  /^[-–—~*]{0,2}\s?(?:\p{Lu}[\p{L}\p{M}.'’-]{0,24}|\p{Lo}[\p{Lo}\p{M}]{0,14})(?:\s(?:\p{Lu}[\p{L}\p{M}.'’-]{0,24}|\p{Lo}[\p{Lo}\p{M}]{0,14}|de|da|dos|del|di|van|von|der|den|bin|al|el|la)){0,4}(?:,\s[\p{Lu}][\p{L}. ]{0,16}){0,3}[,.]?\*{0,2}$/u
const SENTENCE = /[?？!！;]|[.。]\s(?!n[°º])\p{Ll}|\p{L}{4,}\.\s\p{Lu}/u

/** A name and no more, perhaps with degrees or a country behind it. */
export const isName = (plain: string) => plain.length <= 60 && NAME.test(plain) && !mayAnswer(plain)

/**
 * What stands below a name in a signature: a telephone number, an address, hours, a number of registration, a post.
 * Only forms that say nothing else: a line that may be an answer is none.
 */
export function isContactLine(plain: string): boolean {
  if (plain.length < 4 || plain.length > LONGEST || SENTENCE.test(plain)) return false
  const parts = plain.split(/\s?[|•·]\s?|\s{3,}/).filter((part) => part !== '')
  if (parts.length > 1) return parts.length <= 8 && isParted(parts)
  return isLabelled(plain) || isBare(plain) || isNumbered(plain) || isPost(plain)
}

/** "Ana Souza | Manager | Yes Foundation": every part is a name, a post or a way to reach somebody. */
const isParted = (parts: readonly string[]) =>
  parts.some((part) => isContactLine(part) || isPost(part)) &&
  parts.every(
    (part, at) =>
      isContactLine(part) ||
      // One word that nobody knows may be the answer.
      (at === 0 && part.includes(' ') && isName(part)) ||
      (ORGANISATION.test(part) && isCapitalised(part)),
  )

function isLabelled(plain: string): boolean {
  const letter = LETTER_LABELLED.exec(plain)
  if (letter && isBare(letter[1] as string)) return true
  const [, stop = '', value = ''] = LABELLED.exec(plain) ?? []
  if (value === '' || mayAnswer(value)) return false
  if (isBare(value) || isNumberOnly(value)) return true
  // Free text only where nothing else can be meant, or as the name of an account.
  if (stop === '' || value.length > 70 || /\p{Ll}{3,}\s\p{Ll}{3,}/u.test(value)) return false
  return ACCOUNT.test(plain) ? /^[@\w.:/-]{3,60}$/.test(value) : PLACE_OR_HOURS.test(plain) && /\d/.test(value)
}

/** Digits with "ext." or "or" between them, and no date. */
function isNumberOnly(value: string): boolean {
  const others = value.replace(/[\d\s()+./,;-]/g, '')
  return others.length <= 6 && /(?:\d\D{0,3}){5}/.test(value) && (value.startsWith('+') || !FULL_DATE.test(value))
}

/** A telephone number, an address or pronouns alone. */
function isBare(plain: string): boolean {
  if (/^[<(]?(?:mailto:)?[^\s<>@]{1,64}@[^\s<>@]{3,190}[>)]?(?:\s?<mailto:[^\s<>]{1,200}>)?$/.test(plain)) return true
  if (/^\(?(?:she|he|they)\/(?:her|him|them)(?:\/(?:hers|his|theirs))?\)?$/i.test(plain)) return true
  if (/^<?(?:https?:\/\/|www\.)\S{3,200}$/i.test(plain)) return true
  if (!/^[+(]?\d[\d\s()./–-]{5,28}\d(?:\s?(?:ext|x)\.?\s?\d{1,6})?$/i.test(plain)) return false
  return plain.replace(/\D/g, '').length >= 7 && (plain.startsWith('+') || !FULL_DATE.test(plain))
}

const isNumbered = (plain: string) =>
  (NUMBERED_LINE.test(plain) || (HOUSE.test(plain) && (plain.includes(',') || STREET.test(plain)))) &&
  isCapitalised(plain) &&
  !hasAddress(plain) &&
  !mayAnswer(plain)

/** "Department of Surgery", "Student, 3rd year": capitals throughout, and a word of office in them. */
const isPost = (plain: string) => plain.length <= 70 && ROLES.test(plain) && isCapitalised(plain) && !mayAnswer(plain)

function isCapitalised(plain: string): boolean {
  const words = plain.split(/[\s–—]+/).filter((word) => word !== '')
  return words.length <= 9 && words.every((word) => CAPITAL.test(word) || SMALL_WORD.test(word))
}
