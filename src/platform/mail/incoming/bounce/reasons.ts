import type { ReportClass } from '../incoming.ts'

/** Why a server did not take a message, in its words. What is not `hard` never suppresses an address. */
export interface Reason {
  class: ReportClass
  pattern: RegExp
}

/**
 * Tried from top to bottom; the first that is found decides. So what servers say besides "user unknown" stands above
 * it: a full mailbox, a disabled account, our own reputation. Add a server's words where they belong and to the test
 * beside. Patterns see one line without web and mail addresses and host names, case does not matter.
 */
export const REASONS: readonly Reason[] = [
  // Microsoft says so of recipients that a tenant does not know (its directory-based blocking), not of senders.
  { class: 'hard', pattern: /\b5\.4\.1\b.{0,80}recipient address rejected\W+access denied/ },
  // Says the same whether the group exists or not.
  { class: 'policy', pattern: /google ?groups/ },
  {
    class: 'full',
    pattern:
      /does not have enough (space|room)|over ?drawn|over ?quota|quota (usage )?(is |has been |was )?(exceeded|full)|(exceed\w*|over|beyond) (the |its |his |their |your )?(\w+ )?(mail|mailbox|disk|storage|account)? ?(quota|storage|limit)|quota violation|mail(box|folder| box| folder)?( \S+)? (is |was |are )?(too )?(full|over)|(user|account|inbox|storage|disk|file ?system) (is |are )?(almost )?full|full mailbox|exceeds (allowed|the maximum|fixed) |(insufficient|not enough|no) (system |disk |storage |mailbox )*(storage|space|quota)|out of (disk|storage|quota)|too much mail data|has exceeded|over the (maximum|allowed|limit)|mailbox size limit/,
  },
  {
    class: 'full',
    pattern:
      /(message|mail|size|e-?mail|header)\S* (is |was |of \w+ )?(too (big|large|long)|larger than)|size (of \w+ )?(limit|exceeds)|size exceed|exceeds .{0,30}size|too (big|large) for|(message|mail) size|size limit|max(imum)? (message )?size/,
  },
  {
    class: 'full',
    pattern:
      /cuota|buz[oó]n .{0,20}lleno|casilla .{0,30}(llena|agotado)|(bo[iî]te|messagerie) .{0,40}(pleine|satur)|postfach .{0,30}voll|(casella|mailbox) .{0,20}piena|caixa .{0,20}(cheia|lotada)|cota (excedida|esgotada)|переполнен|メールボックス.{0,12}(いっぱい|満杯|容量|一杯)|容量.{0,12}(超|不足)|邮箱.{0,6}满|空间不足|kotas[ıi]|postbus.{0,20}vol\b/,
  },
  {
    class: 'soft',
    pattern:
      /(account|mailbox|mail box|user|address|recipient|customer)\b.{0,60}\b(disabled|suspended|inactive|not active|deactivated|de-activated|discontinued|locked|on hold|expired|closed|terminated|frozen)|(disabled|suspended|inactive|locked|expired) (account|mailbox|user|recipient|e?-?mail)|expirado por falta de uso|inactivit|refused to accept mail for|temporarily (disabled|locked|blocked|unavailable)|not accepting (mail|messages) at this time/,
  },
  {
    class: 'policy',
    pattern:
      /\b(dmarc|dkim|spf|arc|sender id)\b|authenticat|unauthenticated|sender policy framework|not authorized to send|domain'?s? policy/,
  },
  {
    class: 'policy',
    pattern:
      /(sender|from|mail from|return.path|envelope)( address| domain|'s domain| mailbox| verify| verification)?\W{0,30}(address |domain )?(is |was |has been )?(rejected|denied|refused|unknown|invalid|not (found|allowed|valid|exist)|does ?n.t (exist|resolve)|failed|blocked|unresolvable|verif)|domain of sender|no such domain.{0,10}sender|verification failed|callout|unverifiable|sender (ok but|must|has)|cannot (accept|relay).{0,20}from|does not like .{0,10}sender|sender .{0,60}(is |was )?(not exist|rejected)/,
  },
  {
    class: 'blocked',
    pattern:
      /reputation|black ?-?list|block ?-?list|deny ?-?list|\b(rbl|dnsbl|ptr|rdns|ehlo|helo)\b|spamhaus|spamcop|barracuda|sorbs|reverse (dns|lookup|mapping|hostname)|blocked (by|using|for|due|on|because)|(client|host|ip|connection|server|network|address) .{0,60}(blocked|is listed|was blocked|blacklisted)|banned|client host|\bip\b.{0,40}(rejected|denied|block|limit)|bad ip|weren'?t sent|(messages?|mails?|connections?) from .{0,40}(block|refused|rejected|denied|deferred|not accept|will be)|may not be mail exchanger|too many (bad|invalid|errors)|permanently deferred|user complaints/,
  },
  {
    class: 'policy',
    pattern:
      /\bspam|unsolicited|\bubes?\b|\buce\b|bulk (mail|email)|junk|\bvirus|malware|malicious|phish|infected|content\W{0,3}(reject|filter|restrict|block|not accept|polic|error|denied)|filtered|message (content |was |has been |is )?(rejected|refused|blocked|denied|not accepted)|rejected by (the )?(content|anti|filter|polic|rule|admin|mail)|polic(y|ies)|attachment|media error|security|prohibited|forbidden|suspicious|offensive|not acceptable|dangerous|improper use|duplicate header|rfc[ -]?[25][38]2[12]|illegal attachment|malformed (message|header|mime)|8-?bit/,
  },
  {
    class: 'policy',
    pattern:
      /relay(ing)? .{0,40}(denied|not|prohibited|forbidden|access|quota)|(no|not|unable to|cannot|not permitted to|denied) relay|relay(ing)? (denied|access|not)|not (a )?(permitted|authorized|authorised|allowed)|permission|not a member|members? only|moderated|subscribers? only|(unauthori[sz]ed|insufficient permission|privilege)|redundant/,
  },
  {
    class: 'hard',
    pattern:
      /user[ _]?unknown|unknown user|no such user|recip(ient)?notfound|(account|address|user|mailbox|recipient)( that you tried to reach)? (does not|does ?n'?t) exist/,
  },
  {
    class: 'soft',
    pattern:
      /gr[ae]y-?list|try (again )?later|try again in|(temporar|tempor)|timed? ?-?out|time(d)? limit|envelope expired|(message|delivery) (expired|time|has expired)|expired after|(for )?too long|last \d+ (seconds|hours|days)|rate limit|(exceeded|too) (many|much|fast)|frequency|throttl|deferr|delay|(connection|connect|session) .{0,40}(refused|reset|dropped|lost|closed|failed|broken|unexpected)|not respond|no answer|did not accept our requests|refused to talk|unreachable|no route|not reachable|loop|too many hops|hop count|forwarding|i\/o error|internal (server |system )?error|system error|configuration|mailer error|out of memory|overload|busy|resources|not accepting connections|service (not |un|is not |currently not )available|service (refuse|not available)|will be retried|retry timeout|retry time|could not (connect|initiate|establish)|unable to connect|essayer plus tard|starttls|\btls\b|bare (lf|cr)|dns .{0,30}(timeout|timed|servfail|temporar)|local (error|problem)|command (not|un)|syntax error|protocol error|tempfail|connections? rate|unusual rate|mail server .{0,20}(down|offline)/,
  },
  {
    class: 'hard',
    pattern:
      /(host|domain|mx|name|server|site|system|destination|exchanger)\b.{0,60}(not found|unknown|does ?n.?t exist|not exist|could ?n.?t be found|could not be found|no such|nonexist|non-exist|not known|invalid|not resolve|no mx|not be resolved)|could ?n.t find (any |a |the )?(host|mail exchanger|domain)|(illegal|invalid|unknown|no such) host|(no such|unknown|bad|invalid|illegal) (host|domain|mx|name server|destination system)|nxdomain|unrout(e?able|ed)|no route to (host|domain) found|name or service not known|(a|mx) (or \w+ )?records?.{0,30}(no smtp|not found|exist)|no (mx|mail (server|host|exchanger)|a record|dns|valid mx)|null ?mx|does not (accept|receive) (any )?(e?-?mail|messages|network)|not accepting network messages|network messages|indicated no smtp|dns (error|failure|lookup fail)|lookup failure|domain name .{0,20}(fehler|falsch)/,
  },
  {
    class: 'hard',
    pattern:
      /(user|recipient|mailbox|mail box|address|account|person|alias|local ?part|destinataire|name|inbox|customer|subscriber|username|list)\W.{0,80}?(unknown|not found|does ?n.?t? ?.? ?exist|does not exist|not exist|no longer (exist|valid|available|in use|with|on|has)|non-?existent|not known|invalid|could ?n.?t be found|could not be found|not be found|not (a )?valid|not recogni[sz]ed|not listed|is not (a|an|at|here|on|defined|known)|has moved|not (in|on) (the|our|this)|undeliverable|isn.t (known|a)|not available here|no such|not our|removed|incorrectly constructed)|(unknown( or illegal)?|no such|invalid|bad|nonexistent|unrecogni[sz]ed|illegal|no valid|undefined|wrong|not a valid|not a known) (local |virtual |email |e-mail |mail |destination |mailbox |user'?s? |recipient'?s? )*(user|recipient|mailbox|address|account|alias|name|person|local|destination|rcpt|directory)|no mailbox (here|by)|(does ?n.t|doesn.t|does not) have an? .{0,60}account|userunknown|user_?unknown|recip(ient)?notfound|mailbox(_| )not(_| )found|not our customer|not listed in|address (couldn.t|could not) be found|wasn.t found|addressee unknown|can.?t? find (the )?(recipient|user|mailbox)|check (if )?(the )?(e-?mail )?address is correct|unknown address|bad address|user not known|no account|no user|has left (the|our)|no longer (with|work|employ|at)|unable to validate recipient|user does ?n.t|recipient rejected|nicht bekannt|nicht (gefunden|erreichbar)|unbekannt/,
  },
  {
    class: 'hard',
    pattern:
      /no existe|inexistente|(usuario|usu[aá]rio|destinat[aá]rio|cuenta|conta|casilla|buz[oó]n) .{0,20}(desconocid|desconhecid|inv[aá]lid|no (ha|se|fue) )|destinataire.{0,40}(inconnu|invalide|inexist)|(adresse|bo[iî]te|compte) .{0,40}(inconnu|invalide|inexist|n.existe)|(destinatario|utente|casella|indirizzo) .{0,30}(sconosciut|inesistent|non esiste|non valid)|(empf[aä]nger|benutzer|adresse|mailbox) .{0,30}(unbekannt|existiert nicht|nicht (bekannt|vorhanden|gefunden))|не существует|не найден|неизвест|нет такого|nie istnieje|nieznany|nem (létezik|található)|neexistuje|findes ikke|finns inte|bulunamad|mevcut de[gğ]il|(存在|見つか|みつか|見当た).{0,6}(しません|しない|せん|らない|りません)|存在しません|あて先不明|宛先不明|宛先が不明|ユーザー?不明|(用户|帐号|账号|邮箱|地址|收件人).{0,8}(不存在|无效|不正确)|使用者不存在|존재하지|알 수 없는 (사용자|수신)|غير موجود|غير معروف/,
  },
]

/** Codes that decide where words do not (RFC 3463 §3.2-3.8, the RFCs named in IANA's registry). */
export const CODES: ReadonlyMap<string, ReportClass> = new Map<string, ReportClass>([
  ['5.1.1', 'hard'],
  ['5.1.2', 'hard'],
  ['5.1.3', 'hard'],
  // Moved, and nobody said where to.
  ['5.1.6', 'hard'],
  // RFC 7505: the domain takes no mail.
  ['5.1.10', 'hard'],
  // Microsoft: another server did not know the recipient; no such domain.
  ['5.1.351', 'hard'],
  ['5.4.310', 'hard'],
  ['5.1.7', 'policy'],
  ['5.1.8', 'policy'],
  ['5.2.1', 'soft'],
  ['5.2.2', 'full'],
  ['4.2.2', 'full'],
  ['5.2.3', 'full'],
  ['5.3.4', 'full'],
])
