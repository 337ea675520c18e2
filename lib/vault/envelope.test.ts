import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { base64url, CompactEncrypt, decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'
import { importDataKey, open, type Place, seal, unwrap, wrap } from './envelope'
import { isVaultError } from './errors'

const PLACE: Place = { accountId: 'acc_1', ownerId: 'cred_1', field: 'secret' }
const VALUE = '{"password":"canary-77d0 ñ 密"}'
const raw = randomBytes(32)
const key = await importDataKey(raw)
const sealIt = (place = PLACE, kid = 'dk_1') => seal(VALUE, place, kid, key)

async function refusal(work: Promise<unknown>) {
  const error = await work.then(
    () => expect.fail('It opened'),
    (thrown) => thrown,
  )
  expect(isVaultError(error)).toBe(true)
  expect(error.cause).toBeUndefined()
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain('canary')
  return error as { code: string; message: string }
}

describe('what is sealed', () => {
  it('opens where it was sealed, and is another ciphertext each time', async () => {
    const sealed = await Promise.all(Array.from({ length: 50 }, () => sealIt()))
    expect(new Set(sealed).size).toBe(50)
    for (const one of sealed) expect(await open(one, PLACE, 'dk_1', key)).toBe(VALUE)
    expect(decodeProtectedHeader(sealed[0] as string)).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      kid: 'dk_1',
      aid: 'acc_1',
      cid: 'cred_1',
      fld: 'secret',
    })
  })

  it.each<[string, Partial<Place>, string]>([
    ['another account', { accountId: 'acc_2' }, 'dk_1'],
    ['another row', { ownerId: 'cred_2' }, 'dk_1'],
    ['another column', { field: 'tokens' }, 'dk_1'],
    ['another data key’s name', {}, 'dk_2'],
  ])('does not open at %s', async (_where, other, kid) => {
    const { code, message } = await refusal(open(await sealIt(), { ...PLACE, ...other }, kid, key))
    expect(code).toBe('corrupt')
    expect(message).toContain('moved')
    expect(message).not.toMatch(/password|wrong/i)
  })

  it('does not open cut, longer, with any part changed, or with another key', async () => {
    const sealed = await sealIt()
    const parts = sealed.split('.')
    const changed = parts.flatMap((part, index) => {
      if (part === '') return [sealed.replace('..', '.AAAA.')]
      const bytes = base64url.decode(part)
      const flip = (at: number) => base64url.encode(bytes.map((byte, place) => (place === at ? byte ^ 1 : byte)))
      return [0, Math.floor(bytes.length / 2), bytes.length - 1].map((at) => parts.with(index, flip(at)).join('.'))
    })
    const cut = [0, 1, 10, sealed.length - 20, sealed.length - 1].map((length) => sealed.slice(0, length))
    for (const damaged of [...changed, ...cut, `${sealed}A`, `${sealed}.`, 'not a JWE', `${sealed} `]) {
      expect((await refusal(open(damaged, PLACE, 'dk_1', key))).code, damaged).toBe('corrupt')
    }
    expect((await refusal(open(sealed, PLACE, 'dk_1', await importDataKey(randomBytes(32))))).code).toBe('corrupt')
  })

  it('does not open with an edited header, even one that says the right place', async () => {
    const elsewhere = await sealIt({ ...PLACE, ownerId: 'cred_2' })
    const [, ...rest] = elsewhere.split('.')
    const [header] = (await sealIt()).split('.')
    expect((await refusal(open([header, ...rest].join('.'), PLACE, 'dk_1', key))).code).toBe('corrupt')
  })

  it('opens with no other algorithm than the one it is sealed with', async () => {
    const header = { kid: 'dk_1', aid: 'acc_1', cid: 'cred_1', fld: 'secret' }
    const forged = [
      await new CompactEncrypt(Buffer.from(VALUE))
        .setProtectedHeader({ alg: 'dir', enc: 'A128CBC-HS256', ...header })
        .encrypt(raw),
      await new CompactEncrypt(Buffer.from(VALUE))
        .setProtectedHeader({ alg: 'A256KW', enc: 'A256GCM', ...header })
        .encrypt(raw),
    ]
    for (const one of forged) expect((await refusal(open(one, PLACE, 'dk_1', key))).code).toBe('corrupt')
  })
})

describe('a wrapped data key', () => {
  const bound = { accountId: 'acc_1', dataKeyId: 'dk_1' }
  const master = { kid: 'm1', key: randomBytes(32) }

  it('unwraps with the master key that wrapped it', async () => {
    const wrapped = await wrap(raw, bound, master)
    expect(Buffer.from(await unwrap(wrapped, bound, master))).toEqual(raw)
    expect(decodeProtectedHeader(wrapped)).toMatchObject({
      alg: 'A256GCMKW',
      enc: 'A256GCM',
      kid: 'm1',
      aid: 'acc_1',
      dk: 'dk_1',
    })
  })

  it('unwraps for no other account or data key, and with no other master key', async () => {
    const wrapped = await wrap(raw, bound, master)
    await refusal(unwrap(wrapped, { ...bound, accountId: 'acc_2' }, master))
    await refusal(unwrap(wrapped, { ...bound, dataKeyId: 'dk_2' }, master))
    await refusal(unwrap(wrapped, bound, { ...master, kid: 'm2' }))
    await refusal(unwrap(wrapped, bound, { ...master, key: randomBytes(32) }))
  })
})
