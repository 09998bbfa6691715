/**
 * What one message may cost. All of it is checked before a parser sees anything; whatever is cut off is said in
 * `Incoming.cuts`. Receivers refuse what is larger than RAW_OCTETS, so that the limit here only guards other ways in.
 */
export const RAW_OCTETS = 25 * 1024 * 1024
/** One entity's header. Mail servers refuse far less: Postfix takes 100 KB, Exchange 64 KB. */
export const HEADER_OCTETS = 256 * 1024
export const HEADER_FIELDS = 1000
/** One field's value: References of a long thread has some thousand octets. */
export const FIELD_OCTETS = 64 * 1024
/** Headers of all parts together. */
export const ALL_HEADERS_OCTETS = 1024 * 1024
export const PARTS = 200
/** Multiparts and embedded messages within each other. */
export const DEPTH = 20
/** Lines with what begins a boundary and is none: pages with many comments have thousands. */
export const FALSE_BOUNDARIES = 20_000
/** Encoded octets of one text that are decoded. The parser needs about 12 µs a line. */
export const TEXT_OCTETS = 1024 * 1024
export const TEXT_LINES = 10_000
/** RFC 5322 §2.1.1 allows 998 octets; pages of HTML on one line are common all the same. */
export const LINE_OCTETS = 64 * 1024
/** Octets of all texts of one message together. */
export const ALL_TEXTS_OCTETS = 5 * 1024 * 1024
export const ADDRESSES = 100
export const ATTACHMENTS = 100
export const RECEIVED_FIELDS = 50
/** Recipients of one report. */
export const RECIPIENTS = 100
/** A pattern looks at no more of a line. */
export const PATTERN_CHARACTERS = 1000
