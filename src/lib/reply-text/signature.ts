import { mayAnswer } from './answer-words.ts'
import { bannerEnd, isPicture } from './banners.ts'
import { isContactLine, isName } from './contact-lines.ts'
import type { Line } from './lines.ts'
import { hasAddress, startsAsFooter, startsAsNotice } from './patterns.ts'

/** RFC 3676 section 4.3: two dashes and a blank, alone on a line; programs lose the blank. */
const DELIMITER = /^--$/
const DRAWN = /^[-_=*~+\u2014\u2500\u2501]{2,}$/
/** `-Ana Souza`: two or three names behind a dash, alone at the end. */
const DASH_AND_NAME = /^[-–—]\s?\p{Lu}[\p{L}\p{M}.'’-]{0,20}(?:\s\p{Lu}[\p{L}\p{M}.'’-]{0,20}){1,2}$/u
const LONGEST_FOOTER = 100
const LONGEST_DRAWN_SIGNATURE = 12
const MOST_BELOW_NAME = 14
/** A telephone number, an address of the web: what stands in a signature and seldom in an answer. */
const CONTACT = /(?:https?:\/\/|www\.)\S|(?:\+|\b(?:tel|phone|fax|mob|cell)\S{0,6}\s?)[:.]?\s?\(?\d|mailing list/iu
const DEVICE =
  /i\s?(?:phon|pad|pod)|android|virus|viren|víru|samsung|galaxy|huawei|honor|xiaomi|redmi|oppo|vivo|nokia|motorola|oneplus|pixel|sony|xperia|htc|alcatel|wiko|lg\b|blackberry|windows|outlook|yahoo|gmail|g-?mail|airmail|bluemail|protonmail|proton|typeapp|mailbox|sparrow|spark|nine\b|aol|gmx|web\.de|k-9|fairemail|mailbird|em client|thunderbird|acompli|hey\b|zoho|zimbra|naver|네이버|mail\.ru|яндекс|yandex|почт|пошт|mail|e-?mail|mobil|móvil|movil|celular|mobile|phone|telefon|teléfono|téléphone|telephone|cell|tablet|portable|handy|gerät|smartphone|device|appareil|dispositivo|cellulare|puhelim|kännyk|simu\b|ponsel|hp\b|điện thoại|телефон|смартфон|моб|κινητ|τηλέφων|โทรศัพท์|มือถือ|मोबाइल|फ़ोन|फोन|הנייד|נייד|טלפון|هاتف|جوال|محمول|گوشی|موبایل|تلفن|手机|手機|スマホ|スマートフォン|携帯|휴대|스마트폰|갤럭시|邮箱|信箱|電子|メール|邮件|郵件|网易|網易|苹果|蘋果|安卓|小米|华为|華為|荣耀|三星|移动设备|\bmi\s\d|アイフォン|アンドロイド|아이폰|아이패드|안드로이드|모바일|айфон|айпад|андроид|самсунг|хуавей|сяоми|ukr\.net|мобильн|آیفون|آی‌فون|آيفون|ايفون|آیپد|آيباد|اندروید|أندرويد|اندرويد|سامسونگ|سامسونج|سامسونغ|گلکسی|جالكسي|جالاكسي|هواوی|هواوي|شیائومی|شاومي|یاهو|ياهو|جوجل|آئی فون|موبائل|आईफ़ोन|आईफोन|एंड्रॉ|मेल|אייפון|אייפד|אנדרואיד|גלקסי|סמסונג|אאוטלוק|ไอโฟน|ไอแพด|แอนดรอยด์|ซัมซุง|메일|hcl|mòbil|avast|telem[oó]vel|telef[oó]n|készülék|messagerie|wechat|vodafone|rediff|superhuman|canary|tuta|unterwegs|itel\b|tecno|infinix|realme/iu
const SENT_FROM_MY = /^sent from (?:my|a|an)\s/i
const EXCUSE = /[.,;]?\s(?:please\s)?(?:excuse|forgive|pardon|apologies|sorry)\s.{0,60}$/i
/** "Sent from my Verizon, Samsung Galaxy smartphone". */
const CARRIER = /^(sent from my (?:verizon|at&t|t-mobile|sprint)),/i
/** What notices speak of: secrecy, addressees, viruses, paper, lists. */
const LEGAL =
  /confiden|disclaimer|privileg|intended|recipient|addressee|legal|virus|scann|viren|print|paper|environment|subscrib|unsubscribe|views|opinion|vertraul|adressat|empfänger|haftung|umwelt|destinat|destiné|imprim|virus|environnement|reserv|riservat|ambient|stampare|medio ambiente|vertrouwelijk|geadresseerde|bestemd|milieu|fortrol|fortroli|modtager|mottaker|mottagare|konfiden|miljø|miljö|luottamuk|vastaanottaj|poufn|odbiorc|adresat|środowisk|důvěrn|příjemc|adresát|bizalmas|címzett|εμπιστ|απόρρητ|παραλήπτ|конфиденц|конфіденц|адресат|получател|одержувач|окружающ|gizli|alıcı|çevre|yasal|سري|سرّي|المرسل إليه|סודי|חסוי|נמען|محرمانه|گیرنده|गोपनीय|प्राप्तकर्ता|ความลับ|ผู้รับ|机密|機密|保密|收件人|收件者|秘密|機密|宛先|受信者|비밀|기밀|수신|bảo mật|người nhận|rahasia|penerima|siri|mlengwa/iu
const OWN_WORDS_EN = /^["«“*_\-<({[\s]{0,4}sent from (?:my|a|an)(?:\s[\p{L}\p{N}.'-]+){1,7}[.!]?$/iu
const MARKS_BEFORE = /^[<([{«"*_\-\s]{1,4}/

/**
 * Marks in one stretch of the writer's own lines (from `start` to before `end`) what was put below by a program or is
 * a signature by its form. A sign-off with a name is left: losing words of the writer would be worse.
 */
export function markSignature(lines: Line[], start: number, end: number): void {
  markAdded(lines, start, end)
  markContacts(lines, start, end)
}

function markAdded(lines: Line[], start: number, end: number): void {
  let written = false
  for (let at = start; at < end; at++) {
    const { plain, mark } = lines[at] as Line
    if (mark !== 'own') {
      written = written || mark === 'signature'
      continue
    }
    if (plain === '') continue
    if (isPicture(plain)) {
      ;(lines[at] as Line).mark = 'signature'
      continue
    }
    const warned = bannerEnd(lines, at, end)
    if (warned !== undefined) {
      for (; at < warned; at++) (lines[at] as Line).mark = 'signature'
      at--
      continue
    }
    if (DASH_AND_NAME.test(plain) && written && isAloneAtEnd(lines, at, end)) {
      ;(lines[at] as Line).mark = 'signature'
      continue
    }
    if (
      DELIMITER.test(plain) ||
      (DRAWN.test(plain) && isDrawnSignature(lines, at, end, written || start > 0, written))
    ) {
      markRest(lines, at, end)
      return
    }
    if (isFooter(plain)) {
      // Who answers below the footer of a telephone has written nothing above it; else it is the original, unmarked.
      if (written) {
        markRest(lines, at, end)
        return
      }
      ;(lines[at] as Line).mark = 'signature'
      continue
    }
    if (isNotice(lines, at)) {
      if (written) {
        markRest(lines, at, end)
        return
      }
      at = markParagraph(lines, at, end) - 1
      continue
    }
    written = true
  }
}

/**
 * The lines below the name that closes a stretch, each of which is only a way to reach the writer or a post. The name
 * stays, and so does every line that may say anything else; nothing goes when a line above announces it.
 */
function markContacts(lines: Line[], start: number, end: number): void {
  let last = end
  while (last > start && ((lines[last - 1] as Line).mark !== 'own' || (lines[last - 1] as Line).plain === '')) last--
  let top = last
  let any = false
  for (let tried = 0; top > start && tried < MOST_BELOW_NAME; top--, tried++) {
    const { plain, mark } = lines[top - 1] as Line
    if (mark !== 'own') break
    if (plain === '') continue
    if (isContactLine(plain)) any = true
    else if (!isName(plain)) break
  }
  if (!any) return
  const name = nameFrom(lines, top, last, start)
  if (name === undefined) return
  for (let at = name; at < last; at++) {
    const line = lines[at] as Line
    // The first line stays if it is the name and no more.
    if (isContactLine(line.plain) && (at > name || !isName(line.plain))) line.mark = 'signature'
  }
}

/** The first line that is a name, or begins with one ("Ana Souza | Manager | …"), where a signature may begin. */
function nameFrom(lines: readonly Line[], from: number, to: number, start: number): number | undefined {
  for (let at = from; at < to; at++) {
    const [first = ''] = (lines[at] as Line).plain.split(/\s[|•·]\s/, 1)
    // With a comma behind it, it is a closing.
    if (isName(first) && !/[,،，]$/.test(first) && opensSignature(lines, start, at)) return at
  }
  return undefined
}

/** The name stands below a blank line or a closing, and something was written above that does not announce it. */
function opensSignature(lines: readonly Line[], start: number, name: number): boolean {
  const above = lines[name - 1]
  if (!above || name - 1 < start) return false
  if (above.plain !== '' && !(above.plain.length <= 40 && /[,،，!.]$/.test(above.plain))) return false
  for (let at = name - 1; at >= start; at--) {
    const { plain, mark } = lines[at] as Line
    if (plain !== '') return mark === 'own' && !/[:：]$/.test(plain)
  }
  return false
}

/** Blank lines around, and nothing below that the writer wrote. */
function isAloneAtEnd(lines: readonly Line[], at: number, end: number): boolean {
  if (lines[at - 1]?.plain !== '') return false
  let next = at + 1
  while (next < end && (lines[next] as Line).plain === '') next++
  return next >= end || DRAWN.test((lines[next] as Line).plain)
}

function isFooter(plain: string): boolean {
  if (plain.length > LONGEST_FOOTER + 120) return false
  // The address of the program's page behind its name says nothing.
  const text = plain
    .replace(/[(<[]{0,2}\s?https?:\/\/[^\s)>]{1,300}\s?[)>\]]?/gi, '')
    .replace(/[[\]]/g, '')
    .replace(MARKS_BEFORE, '')
    .replace(/[>)\]}»"*_\s]{1,6}$/, '')
  if (text.length > LONGEST_FOOTER || !startsAsFooter(text)) return false
  if (SENT_FROM_MY.test(text)) return OWN_WORDS_EN.test(text.replace(EXCUSE, '').replace(CARRIER, '$1'))
  if (!DEVICE.test(text)) return /^sent (?:from|securely with|via|with|by|using) \p{L}+$/iu.test(text)
  return (
    text.split(/\s+/).length <= 14 && !/[?？]|[，。！；]\s?[\p{L}\p{N}]/u.test(text) && !/[.,;:]\s.{40,}/.test(text)
  )
}

/** A notice begins as one and speaks, within its paragraph, of what notices speak of. */
function isNotice(lines: readonly Line[], at: number): boolean {
  if (!startsAsNotice((lines[at] as Line).plain)) return false
  let paragraph = ''
  for (let next = at; next < lines.length && next < at + 6; next++) {
    const { plain } = lines[next] as Line
    if (plain === '') break
    paragraph += ` ${plain}`
  }
  return LEGAL.test(paragraph)
}

/** Below a drawn line, at the end: few lines, closed by another drawn line or with a way to reach somebody. */
function isDrawnSignature(
  lines: readonly Line[],
  drawn: number,
  end: number,
  something_above: boolean,
  written: boolean,
): boolean {
  if (!something_above) return false
  let count = 0
  let contact = false
  let notice = false
  let last = ''
  for (let at = drawn + 1; at < end; at++) {
    const { plain } = lines[at] as Line
    if (plain === '') continue
    if (++count > LONGEST_DRAWN_SIGNATURE) break
    last = plain
    // Who answers below a drawn line has signed nothing.
    if (plain.length <= 40 && mayAnswer(plain) && !isContactLine(plain)) return false
    contact ||= CONTACT.test(plain) || hasAddress(plain) || (count <= 3 && isContactLine(plain))
    notice ||= startsAsNotice(plain)
  }
  return (
    notice || (count > 0 && count <= LONGEST_DRAWN_SIGNATURE && (contact || (written && count > 2 && DRAWN.test(last))))
  )
}

function markRest(lines: Line[], from: number, to: number): void {
  for (let at = from; at < to; at++) {
    const line = lines[at] as Line
    if (line.mark === 'own' || line.mark === 'rule') line.mark = 'signature'
  }
}

function markParagraph(lines: Line[], from: number, to: number): number {
  let at = from
  for (; at < to && (lines[at] as Line).plain !== ''; at++) (lines[at] as Line).mark = 'signature'
  return at
}
