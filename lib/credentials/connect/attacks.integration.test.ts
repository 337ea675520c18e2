import { hkdfSync } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { EncryptJWT } from 'jose'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { oauthStates } from '@/db/schema'
import { type Permission, permissionsOf } from '@/lib/accounts/permissions'
import { createTestAccount } from '@/test/account'
import { expectEnd, type Person, withConnecting } from '@/test/connecting'
import { consentTo } from '@/test/oauth-consent'
import { auditLog } from '@/test/people'
import { parseInput } from '../../input'
import { newBrowserKey } from '../../oauth/connect/state'
import { credentialChanges, updateCredential } from '..'

// Whoever can make a browser open an address must not connect anything by it, take a code away, or leave anything else than
// a trace. Each attack is refused, recorded, and leaves the credential byte for byte as it was.

withConnecting('attacks on connecting', (bed) => {
  let id: string
  let before: Awaited<ReturnType<typeof bed.tokens>>
  beforeEach(async () => {
    id = await bed.make()
    await bed.connect(id)
    before = await bed.tokens(id)
  })

  const withState = (url: URL, state: string) => {
    const other = new URL(url)
    other.searchParams.set('state', state)
    return other
  }

  /** Nothing was exchanged and nothing is stored, but it is told of. */
  async function expectRefused(
    attack: Promise<Parameters<typeof expectEnd>[0]>,
    reason: string,
    target: string = id,
  ): Promise<void> {
    const asked = bed.provider.requests()
    expectEnd(await attack, reason)
    expect(bed.provider.requests()).toBe(asked)
    await expectUntouched()
    expect((await bed.audit()).at(-1)).toMatchObject({
      action: target === bed.ana.accountId ? 'account.callback_refused' : 'credential.connect_refused',
      target,
      details: { reason },
    })
  }

  async function expectUntouched(): Promise<void> {
    expect(await bed.tokens(id)).toEqual(before)
    expect(await bed.provider.accepts(before.access as string)).toBe(true)
  }

  const answered = async () => consentTo((await bed.begin(id)).url)

  describe('a forged state', () => {
    const key = (secret: string) => new Uint8Array(hkdfSync('sha256', secret, '', 'fenicia oauth state', 32))
    const sealedWith = (secret: string, claims: Record<string, unknown>) =>
      new EncryptJWT(claims)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setIssuedAt()
        .setExpirationTime('10m')
        .encrypt(key(secret))

    it.each<[string, (state: string) => string | Promise<string>]>([
      ['that is empty', () => ''],
      ['that is anything', () => 'x'.repeat(400)],
      ['that was cut', (state) => state.slice(0, -1)],
      [
        'of which one letter is another',
        (state) => state.replace(/.(?=.{9}$)/, (letter) => (letter === 'A' ? 'B' : 'A')),
      ],
      ['that is no secret but a JWT without signature', () => 'eyJhbGciOiJub25lIn0.eyJzaWQiOiJvYXNfMSJ9.'],
      ['that was sealed with another key', () => sealedWith('another-secret', { sid: 'oas_1' })],
      ['that is sealed by us for something else', () => sealedWith(bed.store.authSecret, { purpose: 'other' })],
    ])('%s', async (_what, forge) => {
      const url = await answered()
      const state = await forge(url.searchParams.get('state') as string)
      await expectRefused(bed.bring(withState(url, state)), 'forged', bed.ana.accountId)
    })

    it('that is missing, or there twice', async () => {
      const url = await answered()
      const twice = new URL(url)
      twice.searchParams.append('state', url.searchParams.get('state') as string)
      await expectRefused(bed.bring(twice), 'forged', bed.ana.accountId)
      url.searchParams.delete('state')
      await expectRefused(bed.bring(url), 'forged', bed.ana.accountId)
    })

    it('is nobody’s to be told of when nobody is signed in', async () => {
      const events = (await bed.audit()).length
      expectEnd(await bed.bring(withState(await answered(), 'x'), { person: null }), 'forged')
      expect((await bed.audit()).length).toBe(events)
    })
  })

  it('a callback that is replayed, even with another code', async () => {
    const { url } = await bed.begin(id)
    const back = await consentTo(url)
    expectEnd(await bed.bring(back), 'connected')
    before = await bed.tokens(id)
    await expectRefused(bed.bring(back), 'replayed')
    const other = new URL(back)
    other.searchParams.set('code', 'another-code')
    await expectRefused(bed.bring(other), 'replayed')
  })

  it('a callback that comes after ten minutes, by the database’s clock or by ours', async () => {
    const first = await bed.begin(id)
    const back = await consentTo(first.url)
    const past = { expiresAt: new Date(Date.now() - 1000) }
    await bed.db.update(oauthStates).set(past).where(eq(oauthStates.id, first.id))
    await expectRefused(bed.bring(back), 'expired')
    const late = await answered()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 60_000 + 1_000 })
    try {
      await expectRefused(bed.bring(late), 'expired')
    } finally {
      vi.useRealTimers()
    }
  })

  describe('a swapped state', () => {
    it('that another user of the account began: their consent is not yours', async () => {
      const mallory: Person = { ...bed.ana, id: 'usr_mallory', name: 'Mallory' }
      const { url } = await bed.begin(id, { person: mallory })
      await expectRefused(bed.bring(await consentTo(url, { account: 'mallory' })), 'foreign')
    })

    it('that somebody of another account began: nothing of it is told to either', async () => {
      const actor = await createTestAccount(bed.db, 'Another shop')
      const mallory: Person = { ...actor, id: actor.id as string }
      const theirs = bed.bring(await answered(), { person: { ...mallory, permissions: permissionsOf('owner') } })
      expectEnd(await theirs, 'foreign')
      await expectUntouched()
      const [event] = (await auditLog(bed.db, mallory.accountId)).slice(-1)
      expect(event).toMatchObject({ action: 'account.callback_refused', targetId: mallory.accountId })
      expect(JSON.stringify(event)).not.toContain(id)
    })

    it('in another browser of the same person, or one that keeps nothing', async () => {
      const url = await answered()
      await expectRefused(bed.bring(url, { browserKey: newBrowserKey() }), 'foreign')
      await expectRefused(bed.bring(url, { browserKey: undefined }), 'foreign')
      await expectRefused(bed.bring(url, { browserKey: '' }), 'foreign')
      // The person it is of can still use it: nobody else uses it up.
      expectEnd(await bed.bring(url), 'connected')
    })

    it('of another credential: the code goes to that one’s server only, which refuses it', async () => {
      const other = await bed.make()
      const [mine, theirs] = [await answered(), new URL((await bed.begin(other)).url)]
      const swapped = withState(mine, theirs.searchParams.get('state') as string)
      expectEnd(await bed.bring(swapped), 'failed')
      await expectUntouched()
      expect((await bed.tokens(other)).refresh).toBeUndefined()
      expect((await bed.audit()).at(-1)).toMatchObject({
        action: 'credential.connect_refused',
        target: other,
        details: { reason: 'failed' },
      })
    })

    it('without a session, or by somebody whose role was taken away meanwhile', async () => {
      const url = await answered()
      await expectRefused(bed.bring(url, { person: null }), 'not_signed_in')
      await expectRefused(bed.bring(url, { role: 'staff' }), 'forbidden')
      const adding: Permission[] = ['credentials:read', 'credentials:create', 'credentials:update']
      await expectRefused(bed.bring(url, { person: { ...bed.ana, permissions: adding } }), 'forbidden')
    })
  })

  describe('a mixed-up issuer', () => {
    it.each<[string, (url: URL) => void]>([
      ['another one', (url) => url.searchParams.set('iss', 'https://honest.example')],
      ['one of the same host', (url) => url.searchParams.set('iss', `${bed.provider.issuer}/tenant`)],
      ['none, from a server that says that it names itself', (url) => url.searchParams.delete('iss')],
      ['an empty one', (url) => url.searchParams.set('iss', '')],
    ])('%s', async (_what, change) => {
      const url = await answered()
      change(url)
      await expectRefused(bed.bring(url), 'mixed_up')
      // It is used up: a second answer to the same question is none.
      await expectRefused(bed.bring(url), 'replayed')
    })

    it('on a denial too, and where nobody has named the issuer', async () => {
      const denied = await consentTo((await bed.begin(id)).url, { choice: 'deny' })
      denied.searchParams.set('iss', 'https://honest.example')
      await expectRefused(bed.bring(denied), 'mixed_up')
      const nameless = await bed.make({ issuer: null })
      const url = await consentTo((await bed.begin(nameless)).url)
      url.searchParams.set('iss', 'https://honest.example')
      await expectRefused(bed.bring(url), 'mixed_up', nameless)
    })

    it('there twice', async () => {
      const url = await answered()
      url.searchParams.append('iss', 'https://honest.example')
      await expectRefused(bed.bring(url), 'failed')
    })

    it('an ID token of another request: its nonce is not the one that was sent', async () => {
      const claims = {
        iss: bed.provider.issuer,
        aud: bed.provider.clientId,
        sub: 'mallory',
        iat: 1,
        exp: 4_102_444_800,
      }
      const idToken = [{ alg: 'RS256' }, { ...claims, nonce: 'another' }, {}]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.')
      const url = await answered()
      bed.provider.interfere((_request, response) => {
        const tokens = { access_token: 'at-evil', token_type: 'Bearer', refresh_token: 'rt-evil', id_token: idToken }
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(tokens))
        return true
      })
      expectEnd(await bed.bring(url), 'mixed_up')
      await expectUntouched()
      expect((await bed.audit()).at(-1)).toMatchObject({
        action: 'credential.connect_refused',
        target: id,
        details: { reason: 'mixed_up' },
      })
    })
  })

  describe('an injected code', () => {
    it('of the attacker’s own consent is refused by the server: its challenge is of another verifier', async () => {
      const mallory: Person = { ...bed.ana, id: 'usr_mallory' }
      const elsewhere = await bed.make()
      const { url } = await bed.begin(elsewhere, { person: mallory, browserKey: newBrowserKey() })
      const theirs = await consentTo(url, { account: 'mallory' })
      const mine = await answered()
      mine.searchParams.set('code', theirs.searchParams.get('code') as string)
      expectEnd(await bed.bring(mine), 'failed')
      await expectUntouched()
      expect((await bed.audit()).at(-1)).toMatchObject({
        action: 'credential.connect_refused',
        target: id,
        details: { reason: 'failed', detail: expect.stringContaining('invalid_grant') },
      })
    })

    it('there twice, or missing, is not even asked about', async () => {
      const twice = await answered()
      twice.searchParams.append('code', 'another')
      await expectRefused(bed.bring(twice), 'failed')
      const none = await answered()
      none.searchParams.delete('code')
      await expectRefused(bed.bring(none), 'failed')
    })
  })

  it('a credential that is changed while somebody consents: the code goes nowhere', async () => {
    const url = await answered()
    await updateCredential(bed.store, bed.ana, id, parseInput(credentialChanges, { scopes: ['openid'] }))
    await expectRefused(bed.bring(url), 'changed')
  })

  it('leaves no code, state, token or secret in the audit log, whatever was brought', async () => {
    const url = await answered()
    const [code, state] = ['code', 'state'].map((name) => url.searchParams.get(name) as string)
    const wrong = new URL(url)
    wrong.searchParams.set('iss', 'https://honest.example')
    await bed.bring(wrong)
    await bed.bring(url)
    const echoed = await answered()
    echoed.searchParams.set('error', 'access_denied')
    echoed.searchParams.set('error_description', `no ${echoed.searchParams.get('code')}`)
    await bed.bring(echoed)
    const log = JSON.stringify(await bed.audit())
    const { access, refresh } = before
    for (const secret of [code, state, access, refresh, bed.provider.clientSecret, echoed.searchParams.get('code')]) {
      expect(log).not.toContain(secret)
    }
  })
})
