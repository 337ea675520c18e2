import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { z } from 'zod'
import type { Database } from '@/db/client'
import type { Origin } from '../audit'
import type { Egress } from '../egress'
import { readBody } from '../egress/body'
import { Refusal } from '../errors'
import { reportLeak } from './report'

// GitHub's secret scanning partner program:
// https://docs.github.com/en/code-security/secret-scanning/secret-scanning-partner-program/secret-scanning-partner-program

const keysAnswer = z.object({
  public_keys: z.array(z.object({ key_identifier: z.string(), key: z.string(), is_current: z.boolean() })),
})

/** What GitHub tells of, one for each match. */
const matches = z.array(
  z.object({
    token: z.string(),
    type: z.string(),
    url: z.string().nullish(),
    /** Where it was found, such as `commit`, `issue_body` or `npm`. */
    source: z.string().nullish(),
  }),
)

/** What we tell of each: whether it is, or was, one of ours. */
export interface Feedback {
  token_raw: string
  token_type: string
  label: 'true_positive' | 'false_positive'
}

interface SigningKey {
  key: KeyObject
  isCurrent: boolean
}

/**
 * Keys are read anew after an hour, and for a key that is not among them once a minute at most: anybody can make up ids. When
 * they can't be read, GitHub is left alone for a while.
 */
const KEPT_MS = 3_600_000
const RETRY_MS = 60_000
const REST_MS = 10_000
const LIMITS = { totalMs: 10_000, maxBodyBytes: 256 * 1024 }

/** The keys that GitHub signs with, kept for a while. */
export class GithubKeys {
  #keys = new Map<string, SigningKey>()
  #readAt = Number.NEGATIVE_INFINITY
  /** Why they could not be read the last time, and when. */
  #failed: { error: unknown; at: number } | undefined
  #reading: Promise<void> | undefined

  /** @param url where they are published */
  constructor(
    private readonly egress: Pick<Egress, 'request'>,
    private readonly url: string,
  ) {}

  /**
   * The key of this id, whether or not it is current.
   * @throws {EgressError} when the keys are not known and can't be read; {Refusal} `unavailable` when the answer has none
   */
  async find(id: string): Promise<SigningKey | undefined> {
    const age = performance.now() - this.#readAt
    if (age > KEPT_MS || (!this.#keys.has(id) && age > RETRY_MS)) {
      // What is known already goes on being good while GitHub can't be reached.
      await this.#read().catch((error) => {
        if (!this.#keys.has(id)) throw error
      })
    }
    return this.#keys.get(id)
  }

  #read(): Promise<void> {
    if (this.#failed && performance.now() - this.#failed.at < REST_MS) return Promise.reject(this.#failed.error)
    this.#reading ??= this.#readNow()
      .then(
        () => {
          this.#failed = undefined
        },
        (error) => {
          this.#failed = { error, at: performance.now() }
          throw error
        },
      )
      .finally(() => {
        this.#reading = undefined
      })
    return this.#reading
  }

  async #readNow(): Promise<void> {
    const response = await this.egress.request(this.url, {
      headers: [
        ['accept', 'application/vnd.github+json'],
        ['user-agent', 'Fenicia'],
      ],
      limits: LIMITS,
    })
    const { bytes } = await readBody(response.body, LIMITS.maxBodyBytes)
    const found = response.status === 200 ? keysAnswer.safeParse(parseJson(bytes)) : undefined
    if (!found?.success) throw new Refusal('unavailable', 'GitHub’s signing keys can’t be read right now.')
    this.#keys = new Map(
      found.data.public_keys.flatMap(({ key_identifier, key: pem, is_current }) => {
        const key = parseKey(pem)
        return key ? [[key_identifier, { key, isCurrent: is_current }]] : []
      }),
    )
    this.#readAt = performance.now()
  }
}

/** A message of GitHub's as it came. */
export interface GithubMessage {
  /** The raw body: what is signed is its bytes. */
  body: Buffer
  keyId: string | null
  /** ECDSA over P-256 and SHA-256, in ASN.1, base64. */
  signature: string | null
}

/**
 * Takes GitHub's word that tokens were found in public: each is reported as leaked.
 * @returns what GitHub asks to be told of each
 * @throws {Refusal} `forbidden` unless GitHub has signed it with a key that is current; `invalid` when it is none of its messages;
 *   `unavailable`, or an {EgressError}, when the keys can't be read
 */
export async function takeGithubMessage(
  db: Database,
  keys: GithubKeys,
  message: GithubMessage,
  from: Origin,
): Promise<Feedback[]> {
  await requireSigned(keys, message)
  const parsed = matches.safeParse(parseJson(message.body))
  if (!parsed.success)
    throw new Refusal('invalid', 'The body must be a list of matches, each with token, type and url.')
  const feedback: Feedback[] = []
  for (const { token, type, url, source } of parsed.data) {
    const comment = source ? `Found in: ${source}` : null
    const outcome = await reportLeak(db, token, { source: 'github', url: url || null, comment, from })
    feedback.push({
      token_raw: token,
      token_type: type,
      label: outcome === 'unknown' ? 'false_positive' : 'true_positive',
    })
  }
  return feedback
}

async function requireSigned(keys: GithubKeys, { body, keyId, signature }: GithubMessage): Promise<void> {
  if (!keyId || !signature) {
    throw new Refusal(
      'forbidden',
      'The message must come with Github-Public-Key-Identifier and Github-Public-Key-Signature.',
    )
  }
  const found = await keys.find(keyId)
  if (!found) throw new Refusal('forbidden', 'GitHub publishes no signing key of this id.')
  if (!found.isCurrent) throw new Refusal('forbidden', 'GitHub no longer signs with this key.')
  if (!verify('sha256', body, found.key, Buffer.from(signature, 'base64'))) {
    throw new Refusal('forbidden', 'The signature is not GitHub’s signature of this body.')
  }
}

/** Undefined: it is no key that we know how to use, and nothing that it signs counts. */
function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem)
  } catch {
    return undefined
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}
