import { PassThrough, pipeline, Readable } from 'node:stream'
import type { ForwardedAnswer } from './forward'
import type { ExpiredTokenRule } from './schemas'

/** An answer that is looked into is read up to here; what is larger is data, not an error. */
const MAX_LOOKED_AT = 64 * 1024

/**
 * Whether an answer says that the token has expired: by status 401, or by what the integration holds for that. An answer
 * that is looked into comes back whole, what was read of it included.
 */
export async function lookForExpiredToken(
  answer: ForwardedAnswer,
  rule: ExpiredTokenRule | null,
): Promise<{ isExpired: boolean; answer: ForwardedAnswer }> {
  if (answer.status === 401 || rule?.statuses.includes(answer.status)) return { isExpired: true, answer }
  const type = answer.headers['content-type'] ?? ''
  if (!rule?.json || !/^application\/([\w.+-]*\+)?json\s*(;|$)/i.test(type)) return { isExpired: false, answer }
  const { start, isWhole } = await readStart(answer.body)
  const isExpired = isWhole && valueAt(start, rule.json.path) === rule.json.equals
  return { isExpired, answer: { ...answer, body: isWhole ? Readable.from([start]) : rejoined(start, answer.body) } }
}

/** Reads the beginning of a body without ending it. */
async function readStart(body: Readable): Promise<{ start: Buffer; isWhole: boolean }> {
  const chunks: Buffer[] = []
  let size = 0
  const reading = body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  for await (const chunk of reading) {
    chunks.push(chunk)
    size += chunk.length
    if (size > MAX_LOOKED_AT) return { start: Buffer.concat(chunks), isWhole: false }
  }
  return { start: Buffer.concat(chunks), isWhole: true }
}

/** A body again, of its beginning and its rest, which ends with it. Not a generator: what that waits for keeps it open. */
function rejoined(start: Buffer, rest: Readable): Readable {
  const whole = new PassThrough()
  whole.write(start)
  // How it ends, whoever reads it is told.
  pipeline(rest, whole, () => {})
  return whole
}

/** A value as text, by names and places joined with dots; null: there is none. */
function valueAt(json: Buffer, path: string): string | null {
  let value: unknown
  try {
    value = JSON.parse(json.toString('utf8'))
  } catch {
    return null
  }
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null
    value = (value as Record<string, unknown>)[name]
  }
  return typeof value === 'object' && value !== null ? null : String(value)
}
