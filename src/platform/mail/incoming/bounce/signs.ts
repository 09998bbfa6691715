/** How bounces look that do not follow RFC 3464. Add a server's sender, subject or words here, and to the test beside. */

/** Local parts that only mail systems write from. */
export const DAEMON_LOCAL_PART = /^(mailer[-_]?daemon|mail[-_]?daemon|mmdf|mail-?delivery|mailer|uucp|bounce[sd]?)$/i
export const POSTMASTER_LOCAL_PART = /^(post[-_]?master|mail[-_]?admin|mail[-_]?system|mailsystem|mailsvr|majordomo)$/i
export const DAEMON_NAME =
  /mail(er)?[ -]?(delivery|daemon)|delivery (sub)?system|mail system|system administrator|systemadministrator|postmaster|microsoft (outlook|exchange)|mail administrator|administrateur système|administrador del sistema|internet mail delivery/i

/** At the start of a subject, so that a person's "Re: Undeliverable" is none. */
export const BOUNCE_SUBJECT = new RegExp(
  `^\\W*(?:${[
    'undeliver(ed|able)',
    'un-?delivered mail',
    'non[- ]?deliver(y|able)',
    '(mail|message|e-?mail|delivery) ?(delivery|status|system)? ?(failure|failed|error|problem|notification \\((failure|delay|relay|success))',
    '(mail|message|your (mail|message)).{0,40}(could not|cannot|can.t|not|un)( be)? ?(delivered|deliverable|sent)',
    'failed (mail|delivery|message)',
    'failure notice',
    'failure delivery',
    'returned (mail|to sender|e-?mail)',
    '(mail|e-?mail|message) (was )?returned',
    'delivery (status notification|report|failure|failed|has failed|problem|delayed|notice|unsuccessful|error|incomplete|has been delayed)',
    'delivery of .{0,60}fail',
    'warning: (message|could not send|e-?mail)',
    'could not (deliver|send) (message|mail)',
    'message (delivery has failed|delayed|delivery delayed|not delivered|undeliverable)',
    'mail (delivery|system) (error|fail|problem)',
    'mail failure',
    'mail system error',
    'nondeliverable mail',
    'user unknown',
    'unzustellbar',
    'unzustellbarkeit',
    'nicht zustellbar',
    '(ihre )?(e-?mail|nachricht) .{0,30}(unzustellbar|nicht zugestellt)',
    'zustellung.{0,20}(fehl|verz)',
    'fehler bei der (zustellung|übermittlung)',
    'échec de la (remise|livraison|distribution)',
    'non remis',
    'message non (remis|délivré|distribué)',
    'avis de non[- ]remise',
    '(correo|mensaje) (no entregado|devuelto)',
    'no se (puede|pudo) entregar',
    'imposible entregar',
    'error (de|en la) entrega',
    'não foi possível entregar',
    'mensagem não entregue',
    'falha na entrega',
    'mancato recapito',
    'recapito non riuscito',
    'non recapitabile',
    'onbestelbaar',
    'niet bezorgd',
    'niedostarczon',
    'nie dostarczon',
    'zwrot (poczty|nadawcy)',
    '(ваше )?сообщение не (доставлено|может быть доставлено)',
    'недоставлен',
    'не удалось доставить',
    'kunde inte levereras',
    'olevererbart',
    'kan ikke leveres',
    'teslim edilemedi',
    'iletilemedi',
    'لم يتم تسليم',
    'לא ניתן למסור',
    'メール.{0,12}(配信|配送|送信).{0,8}(エラー|でき|失敗)',
    '配信(不能|不可|エラー|できません)',
    '送信(エラー|できません)',
    '(系统)?退信',
    '邮件(投递|发送|退回|未能|无法)',
    '無法(傳遞|投遞|傳送)',
    '未傳遞',
    '배달(되지|할 수|실패)',
    '반송',
  ].join('|')})`,
  'i',
)

/** Said near the top of a notice. */
export const BOUNCE_WORDS =
  /could ?n.t be delivered|could not be (delivered|sent)|cannot be delivered|can.?t be delivered|was ?n.t delivered|was not delivered|not (yet )?been delivered|has(n.t| not) been delivered|undeliverable|unable to deliver|wasn't able to deliver|deliver(y|ing) (to |of |your ).{0,80}(fail|error|delayed|following)|delivery (has )?failed|failed to deliver|did not reach the following|error (occurred )?(while )?(trying to )?deliver|permanent (fatal )?error|fatal errors|rejected by (a|the) (remote|receiving|recipient)|returned mail|mail (delivery|system) error|no mailbox here|(is|are) undelivered|message .{0,40}returned|invalid user address|(user|recipient).{0,40}(unknown|rejected)|550[ -]|mailbox exceeds|mailbox is full|full mailbox|account is disabled|delivery attempt|nicht zugestellt|unzustellbar|n'a (pas )?pu être (remis|délivré|distribué)|no (pudo|ha podido|se pudo) (ser )?entreg|não (foi possível|pôde ser) entreg|non (è stato|può essere) (possibile )?(recapit|consegn)|не (может быть|было) доставлено|送信できませんでした|配信できません|送信に失敗|無法|退信|无法(投递|送达|发送)|投递失败/i

export const DELAY_WORDS =
  /not yet been delivered|still being retried|will be retried|has been delayed|have been delayed|delivery attempts will continue|warning message only|will (continue|keep) (to )?try|do not need to resend|delivery is delayed|message delayed|delayed \d+ hours|verzögert|retardé|retrasad|demorad/i
export const DELAY_SUBJECT = /delay|^\W*warning: |verzögert|retardé|задерж/i
export const SUCCESS_SUBJECT =
  /\((success|relay|relayed|delivered|expanded)\)|^\W*(successful mail delivery|delivery report: .*success)/i
