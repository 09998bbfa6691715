import { directionOf } from './language.ts'
import type { MergeField } from './merge-fields.ts'

/** The fixed words around a text. Merge fields in them follow the same grammar as the writer's. */
export interface Phrases {
  language: string
  direction: 'ltr' | 'rtl'
  curator: string
  watch: string
  read_more: string
  programme: string
  why: string
  reply: string
  stop: string
  preferences: string
}

/** Markers of a reader's own links at the end of a message; automatic email has none. */
export interface ReaderLinks {
  unsubscribe: string | undefined
  preferences: string | undefined
}

type Words = Omit<Phrases, 'language' | 'direction'>

const WORDS: Record<string, Words> = {
  en: {
    curator: 'Guest curator:',
    watch: 'Watch',
    read_more: 'Read more',
    programme: '{{sender.name}} · {{round.name}}',
    why: 'You receive this email because you applied to take part in {{round.name}}.',
    reply: 'A question? Just reply: a person reads every answer.',
    stop: 'Stop these emails',
    preferences: 'Preferences',
  },
  fr: {
    curator: 'Sujet proposé par :',
    watch: 'À regarder',
    read_more: 'Pour aller plus loin',
    programme: '{{sender.name}} · {{round.name}}',
    why: 'Vous recevez ce message parce que vous avez demandé à participer à {{round.name}}.',
    reply: 'Une question ? Répondez simplement à ce message : une personne lit chaque réponse.',
    stop: 'Ne plus recevoir ces messages',
    preferences: 'Préférences',
  },
  es: {
    curator: 'Tema preparado por:',
    watch: 'Para ver',
    read_more: 'Para leer más',
    programme: '{{sender.name}} · {{round.name}}',
    why: 'Recibes este mensaje porque solicitaste participar en {{round.name}}.',
    reply: '¿Tienes una pregunta? Responde a este mensaje: una persona lee cada respuesta.',
    stop: 'No recibir más estos mensajes',
    preferences: 'Preferencias',
  },
  ar: {
    curator: 'أعدّ هذا الموضوع:',
    watch: 'للمشاهدة',
    read_more: 'لقراءة المزيد',
    programme: '{{sender.name}} · {{round.name}}',
    why: 'وصلتكم هذه الرسالة لأنكم طلبتم المشاركة في {{round.name}}.',
    reply: 'هل لديكم سؤال؟ يكفي أن تردّوا على هذه الرسالة، فهناك من يقرأ كل ردّ.',
    stop: 'إيقاف هذه الرسائل',
    preferences: 'التفضيلات',
  },
}

// What stands for a partner before there is one, and for reasons that nobody has written. Written so that the sentence around it still reads well.
const FALLBACKS: Record<string, Partial<Record<MergeField, string>>> = {
  en: {
    'partner.given_name': 'your partner',
    'partner.country': "your partner's country",
    'match.reasons': 'your answers go well together',
  },
  fr: {
    'partner.given_name': 'votre partenaire',
    'partner.country': 'le pays de votre partenaire',
    'match.reasons': 'vos réponses vont bien ensemble',
  },
  es: {
    'partner.given_name': 'tu pareja de intercambio',
    'partner.country': 'su país',
    'match.reasons': 'vuestras respuestas encajan bien',
  },
  ar: {
    'partner.given_name': 'شريككم',
    'partner.country': 'بلد شريككم',
    'match.reasons': 'إجاباتكما متوافقة',
  },
}

/** The fixed words in a language, or in English where there are none (marked as English for screen readers). */
export function phrasesOf(language: string): Phrases {
  const known = primaryOf(language)
  const own = WORDS[known]
  return own
    ? { ...own, language, direction: directionOf(language) }
    : { ...(WORDS.en as Words), language: 'en', direction: 'ltr' }
}

/** The languages that have fixed words of their own; every other one gets the English ones. */
export const PHRASE_LANGUAGES: readonly string[] = Object.keys(WORDS)

/** What stands for an empty field in a language when the campaign says nothing. */
export function defaultFallbacks(language: string): Partial<Record<MergeField, string>> {
  return FALLBACKS[primaryOf(language)] ?? {}
}

function primaryOf(language: string): string {
  return language.split('-')[0] as string
}
