/**
 * What people write where they ask for nothing. A request is taken apart at its full stops, commas and the like; when
 * every part is one of these, it says nothing. Anything else is for a director to read: nothing is acted upon by itself.
 */
const SAYS_NOTHING = [
  // English
  /^([a-z]|no|none|nil|nope|n ?a|not applicable|not really|nothing|nothing (special|in particular|else)|tbd)$/,
  /^(i (have|ve)|there (are|is)|ive)? ?(got )?no (special |particular |specific |other |real )?(preferences?|requests?|requirements?|wish(es)?)( at all)?$/,
  /^(i (do not|don ?t) (have|mind)|don ?t mind)( any| a)? ?(special |particular )?(preferences?|requests?|wish(es)?)?$/,
  /^(please )?surprise me$/,
  /^(any(one|body|thing|partner)?|open|flexible|happy) ?(is|with|to)? ?(be )?(matched|paired)? ?(with)? ?(any(one|body|thing)?|fine|ok|okay|good|welcome|suits|all|everyone|whoever)?$/,
  /^(i am|i m|im) (open|happy|flexible|easy)( (to|with) (any(one|body|thing)?|all|everyone|whatever))?$/,
  /^(many |with )?(thanks|thank you)( (very much|so much|a lot|in advance))?$/,
  /^(hi|hello|dear all|please|sorry|best wishes|kind regards)$/,
  // A note about the form itself, as people send it a second time.
  /^(i )?(had|have|needed|wanted) to (correct|change|send|submit|fill in)( in)? (my|the|this) (form|application|answers?)( again)?$/,
  /^(please )?(ignore|disregard) my (first|last|earlier|previous|other) (form|application|answers?)$/,
  // The languages of the programme's editions, and the commonest others
  /^(non|rien|aucune?|aucune? (demande|préférence|souhait)( particulière?)?|pas de (préférences?|demandes?)( particulières?)?|sans préférence|merci)$/,
  /^(ningun[oa]?|nada|sin preferencias?|ninguna preferencia|gracias)$/,
  /^(não|nenhum|nenhuma( preferência)?|sem preferências?|obrigad[oa])$/,
  /^(nein|keine?|keine (besonderen )?(wünsche|präferenz(en)?)|egal|danke)$/,
  /^(なし|特になし|ありません|特にありません|无|没有|無|沒有|لا|لا يوجد|لا شيء|нет)$/,
]

/** Whether a special request is worth a director's look. */
export function flagSpecialRequest(text: string | null): boolean {
  if (text === null) return false
  const parts = text
    .normalize('NFC')
    .toLowerCase()
    .split(/[.,;:!?()\n\r。、，！]+|\s[-–—]\s/u)
    .map((part) => part.replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ').trim())
    .filter((part) => part !== '')
  return parts.some((part) => !SAYS_NOTHING.some((nothing) => nothing.test(part)))
}
