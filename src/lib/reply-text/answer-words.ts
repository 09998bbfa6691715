/**
 * Words that may be the answer: a line that holds one is never taken for a signature by its form alone. Not meant to
 * understand anything; a word too many only leaves a line visible.
 */
const ANSWER =
  /(?<![\p{L}\p{M}\p{N}-])(?:yes|yep|yeah|no|not|none|never|nope|ok|okay|sure|agreed?|gladly|accept\p{L}*|confirm\p{L}*|declin\p{L}*|withdraw\p{L}*|cancel\p{L}*|cannot|can(?:['’]t)?|could|will|won['’]t|would|want|wish|don['’]t|i|i['’]m|we|my|me|please|still|unable|busy|unavailable|ja|jo|nein|nicht|kein\p{L}*|leider|gerne?|ich|wir|nee|niet|geen|graag|ik|nej|ikke|inte|jag|jeg|oui|non|pas|je|nous|sí|si|no puedo|acepto|yo|não|sim|nao|eu|aceito|sì|io|tak|nie|ano|ne|nem|igen|da|nu|ναι|όχι|δεν|да|нет|не|так|ні|я|evet|hayır|ben|نعم|لا|لن|أنا|بله|نه|خیر|نمی\p{L}*|כן|לא|אני|हाँ|हां|नहीं|मैं|ndiyo|hapana|siwezi|ya|tidak|saya|có|không|tôi|pleasure|happy|welcome|count|join\p{L}*|particip\p{L}*|interested|withdrawn|bestätig\p{L}*|teilnehm\p{L}*|nehme|absag\p{L}*|bevestig\p{L}*|bekr[æä]ft\p{L}*|vahvist\p{L}*|kyllä|conferm\p{L}*|rinunci\p{L}*|refus\p{L}*|rechaz\p{L}*|renunci\p{L}*|recus\p{L}*|desist\p{L}*|potwierdz\p{L}*|rezygn\p{L}*|zgadz\p{L}*|potvrd\p{L}*|megerősít\p{L}*|επιβεβαι\p{L}*|подтвер\p{L}*|подтверж\p{L}*|участв\p{L}*|отказ\p{L}*|согла\p{L}*|підтвер\p{L}*|відмов\p{L}*|katıl\p{L}*|onayl\p{L}*|أؤكد|أعتذر|موافق\p{L}?|أوافق|تأیید|تایید|موافقم|מאשר\p{L}*|מסכימ?\p{L}*|पुष्टि|nathibitish\p{L}*|nakubali|naomba|bersedia|mundur|setuju|xác nhận|đồng ý)(?![\p{L}\p{M}\p{N}-])|[是不好否没沒愿願参參]|はい|いいえ|ません|ます|네|예|아니|습니다|確認|确认|同意|辞退|참가|참여|확인|동의|ใช่|ไม่|ยืนยัน|[👍👎👌🙏✅❌✔]/iu

/** "No. 5", "Tel No: 12", "n° 5" in a line are numbers. */
const NUMBERS = /(?<!\p{L})(?:nos?|nr|nº|n°|n)\.?\s?[:.°]?\s?(?=[+(#]?[\p{L}/.-]{0,4}\d)/giu

export const mayAnswer = (plain: string) => ANSWER.test(plain.replace(NUMBERS, ' '))
