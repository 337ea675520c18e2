import { generateKeyPairSync, sign } from 'node:crypto'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { openDatabase } from '@/db/client'
import { createTestAccount, createTestKey } from '@/test/account'
import { createTestDatabase } from '@/test/databases'
import { policyOf } from '@/test/egress'
import { startUpstream } from '@/test/upstream'
import { createToken } from '../api-keys'
import { Egress } from '../egress'
import { GithubKeys, type GithubMessage, takeGithubMessage } from './github'
import { listLeaks } from './read'

// The examples and the keys as GitHub publishes them. The first key signs the example in its documentation and is published
// there; the others are in its list of keys.
const TEST = 'f9525bf080f75b3506ca1ead061add62b8633a346606dc5fe544e29231c6ee0d'
const CURRENT = 'bcb53661c06b4728e59d897fb6165d5c9cda0fd9cdf9d09ead458168deb7518c'
const STALE = '90a421169f0a406205f1563a953312f0be898d3c7b6c06b681aa86a874555f4a'
const published = {
  public_keys: [
    {
      key_identifier: TEST,
      key: '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsz9ugWDj5jK5ELBK42ynytbo38gP\nHzZFI03Exwz8Lh/tCfL3YxwMdLjB+bMznsanlhK0RwcGP3IDb34kQDIo3Q==\n-----END PUBLIC KEY-----\n',
      is_current: true,
    },
    {
      key_identifier: STALE,
      key: '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9MJJHnMfn2+H4xL4YaPDA4RpJqUq\nkCmRCBnYERxZanmcpzQSXs1X/AljlKkbJ8qpVIW4clayyef9gWhFbNHWAA==\n-----END PUBLIC KEY-----\n',
      is_current: false,
    },
    {
      key_identifier: CURRENT,
      key: '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYAGMWO8XgCamYKMJS6jc/qgvSlAd\nAjPuDPRcXU22YxgBrz+zoN19MzuRyW87qEt9/AmtoNP5GrobzUvQSyJFVw==\n-----END PUBLIC KEY-----\n',
      is_current: true,
    },
  ],
}
const EXAMPLE: GithubMessage = {
  body: Buffer.from(
    '[{"source":"commit","token":"some_token","type":"some_type","url":"https://example.com/base-repo-url/"}]',
  ),
  keyId: CURRENT,
  signature: 'MEQCIQDaMKqrGnE27S0kgMrEK0eYBmyG0LeZismAEz/BgZyt7AIfXt9fErtRS4XaeSt/AO1RtBY66YcAdjxji410VQV4xg==',
}
/** The one of its documentation. */
const DOCUMENTED: GithubMessage = {
  body: Buffer.from('[{"token":"some_token","type":"some_type","url":"some_url","source":"some_source"}]'),
  keyId: TEST,
  signature: 'MEUCIFLZzeK++IhS+y276SRk2Pe5LfDrfvTXu6iwKKcFGCrvAiEAhHN2kDOhy2I6eGkOFmxNkOJ+L2y8oQ9A2T9GGJo6WJY=',
}
/** An older one of its documentation, of a key that is not current any more. */
const SIGNED_LONG_AGO: GithubMessage = {
  body: Buffer.from('[{"token":"some_token","type":"some_type","url":"some_url"}]'),
  keyId: STALE,
  signature: 'MEUCIQDKZokqnCjrRtw0tni+2Ltvl/uiMJ1EGumEsp1BsNr32AIgQY1YXD2nlj+XNfGK4rBfkMJ1JDOQcYXxa2sY8FNkrKc=',
}

const from = { address: null, userAgent: 'GitHub', requestId: null }
const { config, drop } = await createTestDatabase('pg')
const database = await openDatabase(config)
const { db } = database
const github = await startUpstream()
const egress = new Egress(policyOf('127.0.0.1'))
afterAll(async () => {
  await egress.close()
  await github.close()
  await database.close()
  await drop()
})

let keys: GithubKeys
beforeEach(() => {
  github.forget()
  github.respondWith(200, { 'Content-Type': 'application/json' }, JSON.stringify(published))
  keys = new GithubKeys(egress, `${github.url}/meta/public_keys/secret_scanning`)
})
const take = (message: Partial<GithubMessage> = {}) => takeGithubMessage(db, keys, { ...EXAMPLE, ...message }, from)

it.each([
  ['the example that GitHub publishes', EXAMPLE],
  ['the example of GitHub’s documentation', DOCUMENTED],
])('takes %s', async (_, message) => {
  expect(await take(message)).toEqual([{ token_raw: 'some_token', token_type: 'some_type', label: 'false_positive' }])
})

/** As GitHub would sign with a key of the name, that we hold. */
function signedBy(isCurrent: boolean, body: string): GithubMessage {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = publicKey.export({ type: 'spki', format: 'pem' }) as string
  const ours = { key_identifier: 'ours', key, is_current: isCurrent }
  github.respondWith(200, {}, JSON.stringify({ public_keys: [...published.public_keys, ours] }))
  const bytes = Buffer.from(body)
  return { body: bytes, keyId: 'ours', signature: sign('sha256', bytes, privateKey).toString('base64') }
}

it.each<[what: string, message: () => Partial<GithubMessage>, code: string]>([
  ['a body of which one byte is another', () => ({ body: Buffer.from(`${EXAMPLE.body} `) }), 'forbidden'],
  [
    'a body that was written anew',
    () => ({ body: Buffer.from(JSON.stringify(JSON.parse(String(EXAMPLE.body)), null, 1)) }),
    'forbidden',
  ],
  ['another key’s id', () => ({ keyId: STALE }), 'forbidden'],
  ['a key that is not current any more, though its signature is right', () => signedBy(false, '[]'), 'forbidden'],
  [
    'an example of GitHub’s whose signature is right, by a key that is not current any more',
    () => SIGNED_LONG_AGO,
    'forbidden',
  ],
  ['the id of no key', () => ({ keyId: '0'.repeat(64) }), 'forbidden'],
  ['a signature that is none', () => ({ signature: 'bm8=' }), 'forbidden'],
  ['a signature that is not base64', () => ({ signature: '§§§' }), 'forbidden'],
  ['no key’s id', () => ({ keyId: null }), 'forbidden'],
  ['no signature', () => ({ signature: null }), 'forbidden'],
  ['what is signed, but no list', () => signedBy(true, '{"token":"x"}'), 'invalid'],
  ['what is signed, but not JSON', () => signedBy(true, 'token'), 'invalid'],
])('refuses %s', async (_, message, code) => {
  await expect(take(message())).rejects.toMatchObject({ code })
})

it('revokes what it is told of, and says which tokens are ours', async () => {
  const owner = await createTestAccount(db)
  const key = await createTestKey(db, owner)
  const unknown = createToken('test').token
  const url = 'https://github.com/octocat/hello/blob/main/config.js'
  const body = JSON.stringify([
    { token: key.token, type: 'fenicia_api_key', url, source: 'content' },
    { token: unknown, type: 'fenicia_api_key', url: '', source: 'commit' },
  ])
  const feedback = await take(signedBy(true, body))
  expect(feedback.map(({ token_raw, label }) => [token_raw, label])).toEqual([
    [key.token, 'true_positive'],
    [unknown, 'false_positive'],
  ])
  expect(await listLeaks(db, owner.accountId, key.id)).toEqual([
    expect.objectContaining({ source: 'github', url, comment: 'Found in: content', outcome: 'revoked' }),
  ])
})

it('reads the keys once, however many messages come, and anew for one that is not among them', async () => {
  await Promise.all([take(), take(), take()])
  expect(github.received).toHaveLength(1)
  await expect(take({ keyId: 'new' })).rejects.toMatchObject({ code: 'forbidden' })
  // Not a second time within the minute: anybody can make up ids.
  expect(github.received).toHaveLength(1)
})

it('asks GitHub once, however many messages come, while it does not answer with keys', async () => {
  github.respondWith(503)
  for (let i = 0; i < 3; i++) await expect(take()).rejects.toMatchObject({ code: 'unavailable' })
  expect(github.received).toHaveLength(1)
})

it('goes by the other keys when one of them can’t be read', async () => {
  const broken = { key_identifier: 'broken', key: 'a key of another kind', is_current: true }
  github.respondWith(200, {}, JSON.stringify({ public_keys: [broken, ...published.public_keys] }))
  expect(await take()).toHaveLength(1)
  await expect(take({ keyId: 'broken' })).rejects.toMatchObject({ code: 'forbidden' })
})

it.each([
  ['does not answer with keys', () => github.respondWith(200, {}, '<html>')],
  ['answers with an error', () => github.respondWith(503, {}, JSON.stringify(published))],
])('takes nothing while GitHub %s', async (_, respond) => {
  respond()
  await expect(take()).rejects.toMatchObject({ code: 'unavailable' })
})
