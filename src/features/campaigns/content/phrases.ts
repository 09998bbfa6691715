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
  /** Why the reader gets it, by who the reader is. */
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

/** applicant: to a round; asked: gave an address on our pages, or somebody did; interested: wants to be told of the next round. */
export type ReaderKind = 'applicant' | 'asked' | 'interested'

type Words = Omit<Phrases, 'language' | 'direction' | 'why'> & { why: Record<ReaderKind, string> }

const WORDS: Record<string, Words> = {
  en: {
    curator: 'Guest curator:',
    watch: 'Watch',
    read_more: 'Read more',
    programme: '{{sender.name}} · {{round.name}}',
    why: {
      applicant: 'You receive this email because you applied to take part in {{round.name}}.',
      asked: 'You receive this email because this address was given on our pages. It was not you? Then ignore it.',
      interested: 'You receive this email because you asked us to tell you when applications open.',
    },
    reply: 'A question? Just reply: a person reads every answer.',
    stop: 'Stop these emails',
    preferences: 'Preferences',
  },
  fr: {
    curator: 'Sujet proposé par :',
    watch: 'À regarder',
    read_more: 'Pour aller plus loin',
    programme: '{{sender.name}} · {{round.name}}',
    why: {
      applicant: 'Vous recevez ce message parce que vous avez demandé à participer à {{round.name}}.',
      asked:
        'Vous recevez ce message parce que cette adresse a été indiquée sur nos pages. Ce n’était pas vous ? Ignorez-le.',
      interested: 'Vous recevez ce message parce que vous avez demandé à être informé de l’ouverture des candidatures.',
    },
    reply: 'Une question ? Répondez simplement à ce message : une personne lit chaque réponse.',
    stop: 'Ne plus recevoir ces messages',
    preferences: 'Préférences',
  },
  es: {
    curator: 'Tema preparado por:',
    watch: 'Para ver',
    read_more: 'Para leer más',
    programme: '{{sender.name}} · {{round.name}}',
    why: {
      applicant: 'Recibes este mensaje porque solicitaste participar en {{round.name}}.',
      asked:
        'Recibes este mensaje porque alguien dio esta dirección en nuestras páginas. ¿No fuiste tú? No hagas caso.',
      interested: 'Recibes este mensaje porque pediste que te avisáramos cuando se abrieran las solicitudes.',
    },
    reply: '¿Tienes una pregunta? Responde a este mensaje: una persona lee cada respuesta.',
    stop: 'No recibir más estos mensajes',
    preferences: 'Preferencias',
  },
  ar: {
    curator: 'أعدّ هذا الموضوع:',
    watch: 'للمشاهدة',
    read_more: 'لقراءة المزيد',
    programme: '{{sender.name}} · {{round.name}}',
    why: {
      applicant: 'وصلتكم هذه الرسالة لأنكم طلبتم المشاركة في {{round.name}}.',
      asked: 'وصلتكم هذه الرسالة لأن هذا العنوان كُتب في صفحاتنا. إن لم تكتبوه أنتم فتجاهلوها.',
      interested: 'وصلتكم هذه الرسالة لأنكم طلبتم أن نخبركم بفتح باب التقديم.',
    },
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
export function phrasesOf(language: string, reader: ReaderKind = 'applicant'): Phrases {
  const known = primaryOf(language)
  const own = WORDS[known]
  const words = own ?? (WORDS.en as Words)
  const said = own ? { language, direction: directionOf(language) } : ({ language: 'en', direction: 'ltr' } as const)
  return { ...words, why: words.why[reader], ...said }
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
