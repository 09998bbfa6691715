/** One transaction as the sink saw it. Times are milliseconds since 1970 with fractions, by the sink's clock. */
export interface SinkMessage {
  event: 'message'
  /** Counts the transactions of one sink, from 1. */
  id: number
  connection: number
  mail_from: string
  /** Recipients that were accepted. */
  rcpt: string[]
  refused: string[]
  message_id: string | null
  /** MAIL arrived. */
  mail_at: number
  /** The body was asked for with 354. */
  data_at: number | null
  /** The final dot arrived. */
  dot_at: number | null
  bytes: number
  /** The whole message was kept: it arrived and was not refused, whether or not the client was told. */
  taken: boolean
  /** The last words that were written, as far as they got; null: none. */
  reply: string | null
  /** Whether those words were the whole reply to the final dot. */
  replied: boolean
  fault: string | null
}
