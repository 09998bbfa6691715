/**
 * What mail programs call the elements they put around a quote or a signature. Checked against mail of Gmail,
 * Outlook (desktop, web, telephone), Apple Mail, Thunderbird, Yahoo, Zimbra, Zoho, GMX, Proton, Spark, Roundcube,
 * NetEase, QQ and others; Outlook prefixes foreign classes with `x_`, old Hotmail with `ecx`.
 */
export type Attributes = Readonly<Record<string, string>>

/**
 * `quote`: all of the element. `wrapper`: the introduction and the blockquote within, but what is written below that
 * blockquote is the writer's (Gmail puts answers below and between into its own div). `after`: all that follows.
 */
export type ElementMark = 'quote' | 'wrapper' | 'after' | 'signature' | 'hidden' | undefined

const QUOTE_CLASSES =
  /(?:^|\s)(?:x_|ecx)?(?:gmail_quote_container|gmail_quote|yahoo_quoted|yahoo-quoted|zmail_extra|protonmail_quote|tutanota_quote|quoted-text|moz-cite-prefix|moz-forward-container|gmail_attr|wordsection1-quote|ms-outlook-mobile-reference-message|ms-outlook-ios-reference-message|applewebdata-quote|appleoriginalcontents|front-blockquote|clean_bq|edo-original|hcl-quote|mailmaster-quote|ntes_quote|netease-quote|qqmail_quote|cloudmagic-quote|history_container|mail-quote-collapse|js-helper-quote|gmail_forward|newton_quote|bluemail_quote|zm-quote|mcntmcontent_quote|outlook-quote)(?=\s|$)/i
const WRAPPER_CLASSES =
  /(?:^|\s)(?:x_|ecx)?(?:gmail_quote|gmail_quote_container|protonmail_quote|front-blockquote)(?=\s|$)/i
const QUOTE_IDS =
  /^(?:x_|ecx)*(?:olk_src_body_section|mac_outlook_attribution_blockquote|mail-editor-reference-message-container|isreplycontent|isforwardcontent|reply-intro|yahoo_quoted_\d+|\w{0,40}yahoo_quoted\w{0,12}|qt|replysplit|oriMsgHtmlSeperator|mail-app-auto-quote|edo-original|bm_quote|original-content|spark_quote|divtaggeddefaultwrapper_quote)$/i
const AFTER_IDS =
  /^(?:x_|ecx)*(?:divrplyfwdmsg|appendonsend|stopspelling|zwchr|orimsghtmlseperator|previousmessage|replyseparator|outlookidea_quote)$/i
const SIGNATURE_CLASSES =
  /(?:^|\s)(?:gmail_signature|moz-signature|protonmail_signature_block|bloop_sign|ms-outlook-signature|signature|email-signature|pre-sig|zm-signature|tutanota-signature|js-signature)(?=\s|$)/i
const SIGNATURE_IDS =
  /^(?:signature|sig|ms-outlook-mobile-signature|applemailsignature|composer_signature|bloop_sign_\d+|zimbra_signature|mobile_signature|mail-editor-signature|ydp\w{0,20}signature|huawei_signature|signature-\w{0,20}|_rc_sig)$/i
const SIGNATURE_NAMES = /^messageSignatureSection$/i
/** Gmail's "indent more" is a blockquote without a border: the writer's own. */
const OWN_INDENT = /border\s*:\s*(?:none|0|medium none)/i
const QUOTE_BORDER = /border-left(?:-style|-width)?\s*:[^;]{0,40}(?:solid|\dpx|\d\.?\d?pt|rgb)/i
/** The line Outlook draws above its header block. */
const RULE_BORDER = /border-top(?:-style)?\s*:[^;]{0,40}solid/i
const HIDDEN = /display\s*:\s*none|mso-hide\s*:\s*all|(?:^|[;\s])visibility\s*:\s*hidden/i

export function markOf(name: string, attributes: Attributes): ElementMark {
  const { id = '', class: classes = '', style = '', type = '' } = attributes
  if (HIDDEN.test(style)) return 'hidden'
  if (AFTER_IDS.test(id)) return 'after'
  if (attributes['data-marker'] === '__DIVIDER__') return 'after'
  if (/^__(?:QUOTED_TEXT|HEADERS)__$/.test(attributes['data-marker'] ?? '')) return 'quote'
  if (name === 'blockquote') return isOwnIndent(style, classes, type) ? undefined : 'quote'
  if (WRAPPER_CLASSES.test(classes) || attributes.name === 'messageReplySection') return 'wrapper'
  if (QUOTE_CLASSES.test(classes) || QUOTE_IDS.test(id) || attributes.name === 'quote') return 'quote'
  if (name === 'div' && QUOTE_BORDER.test(style)) return 'quote'
  if (SIGNATURE_CLASSES.test(classes) || SIGNATURE_IDS.test(id) || SIGNATURE_NAMES.test(attributes.name ?? ''))
    return 'signature'
  return 'data-signatureblock' in attributes || attributes['data-smartmail'] === 'gmail_signature'
    ? 'signature'
    : undefined
}

export const hasRule = (attributes: Attributes) => RULE_BORDER.test(attributes.style ?? '')

function isOwnIndent(style: string, classes: string, type: string): boolean {
  return type !== 'cite' && classes === '' && OWN_INDENT.test(style) && !QUOTE_BORDER.test(style)
}
