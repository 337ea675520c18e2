import { randomBytes } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { describe, expect, it } from 'vitest'
import { Secret } from '../vault/secret'
import { containsSecret, redactingStream } from './echo'

const KEY = 'sk_live/9a+B~ "é"?x'
const bytes = Buffer.from(KEY)
const base64 = (text: string) => Buffer.from(text).toString('base64')

/** How a service may echo the secret. */
const SPELLINGS: [what: string, text: string][] = [
  ['as it is', KEY],
  ['in base64', bytes.toString('base64')],
  ['in base64 without padding', bytes.toString('base64').replace(/=+$/, '')],
  ['in base64url', bytes.toString('base64url')],
  ['in hexadecimal', bytes.toString('hex')],
  ['in upper-case hexadecimal', bytes.toString('hex').toUpperCase()],
  ['URL-encoded', encodeURIComponent(KEY)],
  ['URL-encoded in lower case', 'sk_live%2f9a%2bB~%20%22%c3%a9%22%3fx'],
  ['as in a form', 'sk_live%2F9a%2BB%7E+%22%C3%A9%22%3Fx'],
  ['as in JSON', 'sk_live/9a+B~ \\"é\\"?x'],
  ['as in PHP’s JSON', 'sk_live\\/9a+B~ \\"é\\"?x'],
  ['as in ASCII JSON', 'sk_live/9a+B~ \\"\\u00e9\\"?x'],
  ['as the user name of Basic', base64(`${KEY}:`)],
  ['as the password of Basic', base64(`:${KEY}`)],
]

describe('a secret in a text is found', () => {
  it.each(SPELLINGS)('%s', (_what, text) => {
    const secrets = [new Secret(KEY)]
    for (const around of [text, `before ${text}`, `${text}, after`, `Bearer ${text}`]) {
      expect(containsSecret(around, secrets)).toBe(true)
    }
    expect(containsSecret(text.slice(0, -4), secrets)).toBe(false)
  })

  it('as user name and password in one, and in the bytes of a header', () => {
    const [user, password] = [new Secret('anna'), new Secret('pässword/1?')]
    expect(containsSecret(base64('anna:pässword/1?'), [user, password])).toBe(true)
    expect(containsSecret(Buffer.from('anna:pässword/1?').toString('base64url'), [user, password])).toBe(true)
    expect(containsSecret(Buffer.from('pässword/1?').toString('latin1'), [user, password])).toBe(true)
  })

  it('as the user name without a password, whatever stands after it', () => {
    expect(containsSecret(base64('top-secret:'), [new Secret('top-secret'), new Secret('password')])).toBe(true)
  })

  it('when it is not the only one, and not where there is none', () => {
    const secrets = [new Secret('first-secret'), new Secret('second-secret')]
    expect(containsSecret('x second-secret', secrets)).toBe(true)
    expect(containsSecret('x second secret', secrets)).toBe(false)
    expect(containsSecret('anything', [])).toBe(false)
  })

  it('unless it is so short that it stands everywhere', () => {
    expect(containsSecret('application/json', [new Secret('json')])).toBe(false)
    expect(containsSecret('application/json', [new Secret('')])).toBe(false)
    expect(containsSecret('x 123456', [new Secret('123456')])).toBe(true)
  })
})

async function redacted(secrets: string[], chunks: (string | Buffer)[]): Promise<Buffer> {
  const out: Buffer[] = []
  await pipeline(
    chunks.map((chunk) => Buffer.from(chunk)),
    redactingStream(secrets.map((secret) => new Secret(secret))),
    async (source: AsyncIterable<Buffer>) => {
      for await (const chunk of source) out.push(chunk)
    },
  )
  return Buffer.concat(out)
}
const text = async (...args: Parameters<typeof redacted>) => (await redacted(...args)).toString()

describe('a body in which a secret is echoed', () => {
  it.each(SPELLINGS)('has stars instead, as many as there were bytes: %s', async (_what, spelling) => {
    const result = await redacted([KEY], [`before ${spelling} after`])
    const needle = spelling.replace(/=+$/, '')
    expect(result.toString()).toBe(
      `before ${'*'.repeat(Buffer.byteLength(needle))}${spelling.slice(needle.length)} after`,
    )
  })

  it('wherever it is cut into chunks', async () => {
    const body = 'a top-secret-1 b dG9wLXNlY3JldC0x c 746F702D7365637265742D31 d top-secret-top-secret-1'
    const wanted = 'a ************ b **************** c ************************ d top-secret-************'
    for (let cut = 0; cut <= body.length; cut++) {
      for (let second = cut; second <= Math.min(cut + 26, body.length); second++) {
        const chunks = [body.slice(0, cut), body.slice(cut, second), body.slice(second)]
        expect(await text(['top-secret-1'], chunks)).toBe(wanted)
      }
    }
    expect(await text(['top-secret-1'], [...body])).toBe(wanted)
  })

  it('also where secrets overlap, or one is a part of another', async () => {
    for (const chunks of [['ababababa'], [...'ababababa']]) {
      expect(await text(['ababab'], chunks)).toBe('********a')
    }
    for (const chunks of [['x 123456789 abcdefghij y'], [...'x 123456789 abcdefghij y']]) {
      expect(await text(['345678', '123456789', 'abcdefg', 'efghij'], chunks)).toBe('x ********* ********** y')
    }
  })

  it('is as it came where there is none, to the byte, and none of it is kept back that can’t begin one', async () => {
    const noise = randomBytes(1 << 20)
    expect((await redacted(['top-secret-1', KEY], [noise])).equals(noise)).toBe(true)
    const stream = redactingStream([new Secret('top-secret-1')])
    stream.write('data: 1\n\n')
    expect(String(stream.read())).toBe('data: 1\n\n')
    stream.write('data: top-sec')
    expect(String(stream.read())).toBe('data: ')
    stream.write('tion')
    expect(String(stream.read())).toBe('top-section')
    stream.end('top-secret')
    expect(String(stream.read())).toBe('top-secret')
  })

  it('does not change the chunk that it is given', async () => {
    const chunk = Buffer.from('a top-secret-1 b')
    const stream = redactingStream([new Secret('top-secret-1')])
    stream.end(chunk)
    expect(String(stream.read())).toBe('a ************ b')
    expect(chunk.toString()).toBe('a top-secret-1 b')
  })

  it('passes through when no secret is long enough to be looked for', async () => {
    expect(await text(['short'], ['a short b'])).toBe('a short b')
    expect(await text([], ['a'])).toBe('a')
  })
})
