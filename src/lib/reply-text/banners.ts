import { mayAnswer } from './answer-words.ts'
import type { Line } from './lines.ts'

/** What stands for a picture in a text part; one with an emoji in it may be the answer. */
const PICTURE =
  /\[(?:cid:[^\]\s]{1,200}|(?:inline |embedded )?(?:image|imagen|imagem|immagine|bild|afbeelding|obraz|图片|圖片|画像|이미지)(?:\s?[:：][^\]]{0,200}|\sremoved by sender[^\]]{0,80}|\d{0,4}(?:\.\p{L}{3,4})?)|(?:logo|banner|signature)[^\]]{0,80}|[^\]]{0,160}description automatically generated[^\]]{0,40})\](?:<[^<>]{0,300}>)?/giu
const OUTSIDE =
  'external|extern|externe[rnms]?|externo|externa|esterno|esterna|ekstern|zewnętrzn\\p{L}{1,3}|externí|külső|внешн\\p{L}{2,3}|зовнішн\\p{L}{1,3}|خارجي\\p{L}?|חיצוני|harici|dış|外部|외부'
const TAG = new RegExp(
  `^[*_]{0,2}(?:[\\[【(]\\s?(?:${OUTSIDE})(?:\\s?[\\p{L}-]{1,12}){0,2}\\s?[\\]】)]|(?:external|externer?|externo|esterno)[\\s-](?:e-?mail|sender|message|absender|correo))[:!]?[*_]{0,2}$`,
  'iu',
)
const CAUTION =
  /^[^\p{L}\p{N}]{0,6}(?:external (?:e-?mail|sender|message)|caution|warning|attention|alert|important|notice|be careful|achtung|vorsicht|warnung|warnhinweis|avertissement|prudence|advertencia|precaución|atención|cuidado|aviso|atenção|attenzione|avviso|let op|waarschuwing|varning|advarsel|obs|uwaga|ostrzeżenie|pozor|upozornění|figyelem|внимание|предупреждение|увага|تنبيه|تحذير|אזהרה|هشدار|توجه|d[iİ]kkat|uyarı|注意|警告|주의)(?![\p{L}\p{M}])/iu
const FROM_OUTSIDE = new RegExp(
  `(?<!\\p{L})(?:${OUTSIDE}|outside (?:of )?(?:the |your |our |this )?[\\p{L}’']{1,20}|außerhalb|l['’]extérieur|fuera de|fora da|all['’]esterno|buiten de|spoza|извне|kurum dışı)(?!\\p{L})|外部|외부`,
  'iu',
)
const KNOWN =
  /^[^\p{L}\p{N}]{0,6}(?:this (?:e-?mail|message) (?:is |was |has )?(?:been )?(?:originat|came |comes |sent |received )\p{L}{0,4}\s?(?:from )?(?:an? |someone )?(?:outside|external)|this message is from an external sender|you don['’]t often get e?-?mail from|some people who received this message don['’]t often get|learn why this is important|zjqcmqryfpfpt|sie erhalten nicht oft e-mails von|vous n['’]obtenez pas souvent|no suele recibir correos|non ricevi spesso|u ontvangt niet vaak|você não costuma receber|您通常不会收到来自)/iu
/** How a warning goes on in its next lines. */
const GOES_ON =
  /(?<!\p{L})(?:links?|attachments?|sender|suspicious|phish\p{L}*|originat\p{L}*|organi[sz]ation|anh[aä]nge?|absender|pièces? jointes?|expéditeur|adjuntos?|remitente|enlaces?|liens?|linki\p{L}*|linków|nadawc\p{L}*|gönderici\p{L}*|الرسالة|مرفقات|anexos?|allegati|mittente|bijlagen|afzender|вложени\p{L}*|ссылк\p{L}*|отправител\p{L}*)(?!\p{L})|zjqcmqryfpfpt|content is safe|附件|发件人|添付|링크/iu
const WRITER = /(?<![\p{L}-])(?:yes|i|we|my|thank\p{L}*|ja|oui|sí|sim|sì|да)(?![\p{L}-])/iu
const MOST_LINES = 5

/** The line holds pictures only. */
export function isPicture(plain: string): boolean {
  if (!plain.startsWith('[') || plain.length > 900 || /\p{Extended_Pictographic}/u.test(plain)) return false
  return plain.replace(PICTURE, '').trim() === ''
}

/**
 * The line behind the warning of a mail server ("[EXTERNAL]", "CAUTION: this email came from outside …") that begins
 * at `at`, or undefined. Its next lines go along only if they warn too and say nothing that could be an answer.
 */
export function bannerEnd(lines: readonly Line[], at: number, end: number): number | undefined {
  const { plain } = lines[at] as Line
  if (plain.length > 600) return undefined
  if (TAG.test(plain)) return at + 1
  if (WRITER.test(plain)) return undefined
  let next = at + 1
  while (next < end && next < at + MOST_LINES && goesOn(lines[next] as Line)) next++
  if (KNOWN.test(plain)) return next
  if (!CAUTION.test(plain)) return undefined
  for (let line = at; line < Math.min(end, at + 2); line++) {
    const text = (lines[line] as Line).plain
    if (FROM_OUTSIDE.test(text) && (line === at || next > line))
      return GOES_ON.test(text) || next > at + 1 || /mail|sender/i.test(text) ? next : undefined
  }
  return undefined
}

const goesOn = ({ plain, mark }: Line) =>
  mark === 'own' && plain.length <= 600 && GOES_ON.test(plain) && !WRITER.test(plain) && !startsAsAnswer(plain)
const startsAsAnswer = (plain: string) => plain.length < 40 && mayAnswer(plain)
