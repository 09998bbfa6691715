import { type Static, Type } from '@fastify/type-provider-typebox'

/** Each kind with the lane its email goes in: automatic email leaves before campaigns and has no unsubscribe link. */
export const LANES = {
  topic: 'campaign',
  announcement: 'campaign',
  confirmation: 'automatic',
  introduction: 'automatic',
  check_in: 'automatic',
  reminder: 'automatic',
  closing: 'automatic',
} as const
/** What a writer can make; `automatic` makes itself (automatic/catalog.ts). */
export type WrittenKind = keyof typeof LANES
export type CampaignKind = WrittenKind | 'automatic'
export type Lane = (typeof LANES)[WrittenKind]

const closed = { additionalProperties: false } as const

/** One of these words. TypeBox loses the type of a union made from a list, so it is said. */
function oneOf<Word extends string>(...words: Word[]) {
  return Type.Unsafe<Word>(Type.Union(words.map((word) => Type.Literal(word))))
}

/** What stands beside the text: pictures are addresses, never uploads. */
export const CampaignExtras = Type.Object(
  {
    image: Type.Union([Type.Null(), Type.Object({ url: Type.String(), alt: Type.String() }, closed)]),
    video: Type.Union([
      Type.Null(),
      Type.Object({ title: Type.String(), url: Type.String(), thumbnail_url: Type.Optional(Type.String()) }, closed),
    ]),
    curator: Type.Union([Type.Null(), Type.String()]),
    links: Type.Array(Type.Object({ title: Type.String(), url: Type.String() }, closed), { maxItems: 20 }),
  },
  closed,
)
export type CampaignExtras = Static<typeof CampaignExtras>

export const NO_EXTRAS: CampaignExtras = { image: null, video: null, curator: null, links: [] }

/** A variant as it comes in: what is left out is empty, or in a change as it was. */
export const VariantInput = Type.Object(
  {
    subject: Type.Optional(Type.String()),
    preheader: Type.Optional(Type.String()),
    body_markdown: Type.Optional(Type.String()),
    extras: Type.Optional(Type.Partial(CampaignExtras, closed)),
  },
  closed,
)
export type VariantInput = Static<typeof VariantInput>

/** Uncertain ones cannot be chosen: who may have got a message is not sent it again unasked. */
export const COPIED_STATES = ['accepted', 'deferred', 'rejected', 'skipped', 'held', 'cancelled'] as const
export type CopiedState = (typeof COPIED_STATES)[number]

const ChosenDeliveries = Type.Object(
  {
    campaign: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    states: Type.Array(oneOf(...COPIED_STATES), { minItems: 1, maxItems: COPIED_STATES.length }),
    skipped_reasons: Type.Optional(Type.Array(Type.String({ maxLength: 40 }), { minItems: 1, maxItems: 20 })),
  },
  { ...closed, description: 'Those whose delivery of an earlier campaign is in one of these states' },
)

/** Who is meant; every key that is given narrows it. Without states: those applied and confirmed. */
export const Audience = Type.Object(
  {
    states: Type.Optional(
      Type.Array(oneOf('applied', 'waitlisted', 'confirmed', 'declined', 'lapsed', 'withdrawn', 'removed'), {
        minItems: 1,
        maxItems: 7,
      }),
    ),
    matched: Type.Optional(Type.Boolean()),
    asked: Type.Optional(
      Type.Boolean({ description: 'Whether they were asked to confirm: a request was sent to them or is under way' }),
    ),
    countries: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Z]{2}$' }), { maxItems: 250 })),
    sectors: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 100 })),
    pathways: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 100 })),
    deliveries: Type.Optional(ChosenDeliveries),
  },
  closed,
)
export type Audience = Static<typeof Audience>

/** States of an application that a campaign reaches when its audience names none. */
export const DEFAULT_STATES = ['applied', 'confirmed']

const Fallbacks = Type.Record(Type.String(), Type.String({ maxLength: 200 }))
const FromName = Type.Union([Type.Null(), Type.String({ minLength: 1, maxLength: 100 })])
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const PlannedAt = Type.Union([Type.Null(), Type.String({ format: 'date-time', maxLength: 40 })], {
  description: 'When it is meant to go; nothing is sent by it',
})
const WebCopy = Type.Boolean({ description: 'Whether a topic is published on the web once it is sent' })

/** By whom a campaign is sent: by ourselves, or handed over to Mailchimp. */
export const CHANNELS = ['email', 'mailchimp'] as const
export type Channel = (typeof CHANNELS)[number]
const ChannelInput = Type.Unsafe<Channel>({
  ...oneOf(...CHANNELS),
  description: 'By whom it is sent: ourselves (email), or Mailchimp, for topics and announcements',
})

export const CampaignInput = Type.Object(
  {
    round: Type.String({ minLength: 1, maxLength: 32 }),
    kind: oneOf(...(Object.keys(LANES) as WrittenKind[])),
    language: Type.Optional(Type.String({ description: 'BCP 47; language of the text beside `variants` (en)' })),
    ...VariantInput.properties,
    variants: Type.Optional(Type.Record(Type.String(), VariantInput, { maxProperties: 50 })),
    audience: Type.Optional(Audience),
    fallbacks: Type.Optional(Fallbacks),
    from_name: Type.Optional(FromName),
    planned_at: Type.Optional(PlannedAt),
    web_copy: Type.Optional(WebCopy),
    channel: Type.Optional(ChannelInput),
  },
  closed,
)
export type CampaignInput = Static<typeof CampaignInput>

/** A variant set to null goes away. The round and the kind of a campaign stay. */
export const CampaignChange = Type.Object(
  {
    language: Type.Optional(Type.String()),
    ...VariantInput.properties,
    variants: Type.Optional(Type.Record(Type.String(), Type.Union([Type.Null(), VariantInput]), { maxProperties: 50 })),
    audience: Type.Optional(Audience),
    fallbacks: Type.Optional(Fallbacks),
    from_name: Type.Optional(FromName),
    planned_at: Type.Optional(PlannedAt),
    web_copy: Type.Optional(WebCopy),
    channel: Type.Optional(ChannelInput),
  },
  closed,
)
export type CampaignChange = Static<typeof CampaignChange>

/** A change as a program sends it: with the version it was made from, what others wrote since is kept. */
export const CampaignPatch = Type.Object(
  {
    ...CampaignChange.properties,
    based_on: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 2_147_483_647,
        description: 'The version that the change was made from. Without it the last word counts',
      }),
    ),
  },
  closed,
)

export const CampaignParams = Type.Object({ id: Id }, closed)

export const CampaignList = Type.Object(
  {
    round: Type.Optional(Type.String({ maxLength: 32 })),
    after: Type.Optional(Id),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  },
  closed,
)

export const PreviewInput = Type.Object(
  {
    as: Type.Optional(
      Type.Union([Type.Null(), Id], { description: 'A person of the round; null shows sample values' }),
    ),
    part: Type.Optional(Type.Union([Type.Literal('html'), Type.Literal('text')], { default: 'html' })),
    language: Type.Optional(Type.String()),
  },
  closed,
)
