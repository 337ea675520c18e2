import { z } from 'zod'
import { invalidField } from './errors'
import { isStorable } from './text'

const DEFAULT_LIMIT = 25
const MAX_LIMIT = 100
const LIMIT_RULE = `must be a whole number from 1 to ${MAX_LIMIT}`

/**
 * How much of a list is on a page, as a query has it: in decimal digits. `Number` reads more than a person does, such as `0x5`,
 * `1e1` and blanks.
 * @param description for the API's document, to which it is a number
 */
export function pageLimit(description: string) {
  return z.coerce
    .string()
    .regex(/^\d{1,9}$/, LIMIT_RULE)
    .transform(Number)
    .pipe(z.number().min(1, LIMIT_RULE).max(MAX_LIMIT, LIMIT_RULE))
    .default(DEFAULT_LIMIT)
    .meta({ description, type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT })
}

/** The fields of a query for a page of a list. */
export const pageQuery = {
  limit: pageLimit('How many on a page.'),
  cursor: z.string().max(4_000, 'is longer than any `next_cursor`').optional().meta({
    description: 'The `next_cursor` of the page before. Filters and `sort` must stay as they were.',
  }),
}

/** Where a page ended: the last row's sort value and id. */
export interface PageEnd {
  value: string
  id: string
}

/** @param sort what the list is sorted by; a cursor of another order is refused */
export function writeCursor(sort: string, value: string, id: string): string {
  return Buffer.from(JSON.stringify([sort, value, id])).toString('base64url')
}

/** A number that a list is sorted by, as a cursor carries it: no larger than a time in microseconds. */
export const cursorNumber = /^-?\d{1,16}$/

const ANY = /^/

/**
 * @param values what the list's sort values look like, where the database would not take any text
 * @throws {Refusal} `invalid` on `cursor`
 */
export function readCursor(cursor: string, sort: string, values = ANY): PageEnd {
  const value = z.string().max(1_500).regex(values).refine(isStorable)
  const shape = z.tuple([z.literal(sort), value, z.string().regex(/^[\w-]{1,64}$/)])
  try {
    const [, end, id] = shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
    return { value: end, id }
  } catch {
    // Whatever is wrong with it, it is not a cursor of this list.
    throw invalidField(
      'cursor',
      'must be the `next_cursor` of an earlier answer to the same `sort`; leave it out to start over',
      'invalid_format',
    )
  }
}
