import { createHmac } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { oauthStates, tokenSets } from '@/db/schema'
import { expectEnd, REDIRECT_URI, withConnecting } from '@/test/connecting'
import { startUpstream, type Upstream } from '@/test/upstream'
import { getCredential, updateCredential } from '.'
import { type CredentialTemplate, findProvider } from './catalogue'
import { disconnect } from './connect/disconnect'
import { renewableOf } from './oauth'

// The entries of the catalogue, spoken to a server that knows no other words than the provider's own.

withConnecting('the catalogue’s dialects', (bed) => {
  let server: Upstream
  let answers: Record<string, unknown>[]

  beforeEach(async () => {
    server = await startUpstream()
    answers = []
    server.respond((_, response) => {
      const { status = 200, ...body } = answers.shift() ?? { status: 500 }
      response.writeHead(Number(status), { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  afterEach(() => server.close())

  /** A credential as a template begins it, its endpoints at the test's server. */
  async function made(provider: string, fields: Record<string, unknown> = {}) {
    const template = findProvider(provider)?.templates.find(({ label }) => label === 'Connect in the browser')
    const settings = (template as CredentialTemplate).settings
    if (settings.type !== 'oauth2') throw new TypeError('This is OAuth2')
    const { type: _, revocation_url, authorization_url, ...rest } = settings
    return bed.make({
      ...rest,
      provider,
      client_id: 'client-1',
      issuer: null,
      authorization_url: `${server.url}/authorize${new URL(authorization_url?.replaceAll(/[{}]/g, '') ?? '').search}`,
      token_url: `${server.url}/token`,
      revocation_url: revocation_url ? `${server.url}/revoke` : null,
      secret: { client_secret: 'client-secret-1' },
      ...fields,
    })
  }

  /**
   * Begins, and brings what the provider is said to answer.
   * @param sign what it makes of the answer before it is brought
   */
  async function connected(id: string, answer: Record<string, string>, sign = (_: URLSearchParams) => {}) {
    const asked = new URL((await bed.begin(id)).url).searchParams
    const url = new URL(REDIRECT_URI)
    for (const [name, value] of Object.entries({ ...answer, state: asked.get('state') ?? '' })) {
      url.searchParams.append(name, value)
    }
    sign(url.searchParams)
    return { asked: Object.fromEntries(asked), finished: await bed.bring(url) }
  }

  async function renewed(id: string) {
    const owner = { accountId: bed.ana.accountId, ownerId: id }
    await bed.db
      .update(tokenSets)
      .set({ expiresAt: new Date(0) })
      .where(eq(tokenSets.ownerId, id))
    return bed.store.tokens.valid(owner, () => renewableOf(bed.db, bed.store.vault, bed.ana.accountId, id))
  }

  const sent = (at: number) => {
    const { method, target = '', body = '', headers = {} } = server.received[at] ?? {}
    const query = Object.fromEntries(new URL(target, server.url).searchParams)
    return { method, headers, query, form: Object.fromEntries(new URLSearchParams(body)) }
  }
  const connection = async (id: string) => (await getCredential(bed.db, bed.ana, id)).connection

  describe('of TikTok', () => {
    it('calls the client by its key, joins scopes by commas, and knows whose tokens they are', async () => {
      const id = await made('tiktok', { scopes: ['user.info.basic', 'video.list'] })
      answers.push({ access_token: 'act-1', refresh_token: 'rft-1', expires_in: 86_400, open_id: 'user-7' })
      const { asked, finished } = await connected(id, { code: 'code-1', scopes: 'user.info.basic,video.list' })
      expectEnd(finished, 'connected')
      expect(asked).toEqual({
        client_key: 'client-1',
        scope: 'user.info.basic,video.list',
        redirect_uri: REDIRECT_URI,
        response_type: 'code',
        state: asked.state,
      })
      expect(sent(0).form).toEqual({
        client_key: 'client-1',
        client_secret: 'client-secret-1',
        code: 'code-1',
        grant_type: 'authorization_code',
        redirect_uri: REDIRECT_URI,
      })
      expect(await connection(id)).toMatchObject({ issuer: 'tiktok', subject: 'user-7' })

      answers.push({ access_token: 'act-2', refresh_token: 'rft-2', expires_in: 86_400, open_id: 'user-7' })
      expect((await renewed(id)).accessToken.reveal()).toBe('act-2')
      expect(sent(1).form).toEqual({
        client_key: 'client-1',
        client_secret: 'client-secret-1',
        grant_type: 'refresh_token',
        refresh_token: 'rft-1',
      })
      expect(await bed.tokens(id)).toMatchObject({ refresh: 'rft-2' })

      answers.push({}, {})
      expect(await disconnect(bed.store, bed.ana, id)).toBe('confirmed')
      expect(sent(2).form).toMatchObject({ client_key: 'client-1', token: 'rft-2' })
      expect(sent(2).form).not.toHaveProperty('client_id')
    })

    it('asks before another user’s tokens replace those that were there', async () => {
      const id = await made('tiktok')
      answers.push({ access_token: 'act-1', refresh_token: 'rft-1', open_id: 'user-7' })
      expectEnd((await connected(id, { code: 'code-1' })).finished, 'connected')
      answers.push({ access_token: 'act-2', refresh_token: 'rft-2', open_id: 'user-8' })
      expectEnd((await connected(id, { code: 'code-2' })).finished, 'other_account')
      expect(await bed.tokens(id)).toMatchObject({ access: 'act-1', refresh: 'rft-1' })
    })
  })

  describe('of Amazon', () => {
    const answer = { spapi_oauth_code: 'code-1', selling_partner_id: 'A3FHEXAMPLE' }

    it('takes the code, and who consents, under the names of the Selling Partner API', async () => {
      const id = await made('amazon-sp-api')
      answers.push({ access_token: 'Atza-1', refresh_token: 'Atzr-1', token_type: 'bearer', expires_in: 3600 })
      const { asked, finished } = await connected(id, answer)
      expectEnd(finished, 'connected')
      expect(asked).toMatchObject({ application_id: 'application', redirect_uri: REDIRECT_URI })
      expect(asked).not.toHaveProperty('code_challenge')
      expect(sent(0).form).toMatchObject({ grant_type: 'authorization_code', code: 'code-1', client_id: 'client-1' })
      expect(sent(0).form).not.toHaveProperty('code_verifier')
      expect(await connection(id)).toMatchObject({ issuer: 'amazon-sp-api', subject: 'A3FHEXAMPLE' })
    })

    it('takes no code beside it', async () => {
      const id = await made('amazon-sp-api')
      expectEnd((await connected(id, { ...answer, code: 'another' })).finished, 'failed')
      expect(server.received).toEqual([])
    })

    it('takes none under that name from anybody else', async () => {
      const id = await made('mercado-libre')
      expectEnd((await connected(id, answer)).finished, 'failed')
      expect(server.received).toEqual([])
    })
  })

  it('of Meta exchanges the access token itself, by GET, for as long as it lasts', async () => {
    const id = await made('meta')
    answers.push({ access_token: 'EAA-short', token_type: 'bearer', expires_in: 5_000 })
    expectEnd((await connected(id, { code: 'code-1' })).finished, 'connected')
    expect(sent(0)).toMatchObject({ method: 'GET', query: { code: 'code-1', client_secret: 'client-secret-1' } })
    expect(await bed.tokens(id)).toMatchObject({ access: 'EAA-short', refresh: 'EAA-short' })

    answers.push({ access_token: 'EAA-long', token_type: 'bearer', expires_in: 5_183_944 })
    expect((await renewed(id)).accessToken.reveal()).toBe('EAA-long')
    expect(sent(1)).toMatchObject({
      method: 'GET',
      query: {
        grant_type: 'fb_exchange_token',
        fb_exchange_token: 'EAA-short',
        client_id: 'client-1',
        client_secret: 'client-secret-1',
      },
    })
    expect(await bed.tokens(id)).toMatchObject({ access: 'EAA-long', refresh: 'EAA-long' })

    // Of Meta's own codes one stands for an unknown error and for a wrong client secret: without the words of the latter
    // that is no verdict, nor an outage.
    answers.push({ status: 400, error: { message: 'An unknown error has occurred.', code: 1 } })
    await expect(renewed(id)).rejects.toMatchObject({ code: 'unusable_answer', isPermanent: false })
    await bed.db.update(tokenSets).set({ coolUntil: null }).where(eq(tokenSets.ownerId, id))

    answers.push({ status: 400, error: { message: 'Session has expired', type: 'OAuthException', code: 190 } })
    await expect(renewed(id)).rejects.toMatchObject({ code: 'refused', error: 'invalid_grant' })
  })

  it('of Meta are renewed long before an end after which nothing renews them, wherever they came from', async () => {
    const id = await made('meta')
    const days = async (column: 'renewAt' | 'refreshExpiresAt') => {
      const [row] = await bed.db.select().from(tokenSets).where(eq(tokenSets.ownerId, id))
      return ((row?.[column]?.getTime() ?? 0) - Date.now()) / 86_400_000
    }
    const expectAhead = async () => {
      expect(await days('refreshExpiresAt')).toBeGreaterThan(59)
      expect(await days('renewAt')).toBeLessThanOrEqual(40)
      expect(await days('renewAt')).toBeGreaterThan(19)
      // Whoever is warned of the end is warned 14 days ahead at the earliest: of healthy ones nobody is.
    }
    answers.push({ access_token: 'EAA-1', token_type: 'bearer', expires_in: 5_183_944 })
    expectEnd((await connected(id, { code: 'code-1' })).finished, 'connected')
    await expectAhead()
    answers.push({ access_token: 'EAA-2', token_type: 'bearer', expires_in: 5_183_944 })
    await renewed(id)
    await expectAhead()
    for (const renew_ahead of [false, true]) await updateCredential(bed.store, bed.ana, id, { renew_ahead })
    await expectAhead()
  })

  const ANSWER = { code: 'code-1', shop: 'my-shop.myshopify.com', host: 'YWRtaW4=', timestamp: '1795737600' }
  const signedWith = (secret: string) => (answer: URLSearchParams) => {
    answer.sort()
    answer.set('hmac', createHmac('sha256', secret).update(`${answer}`).digest('hex'))
  }

  it('of Shopify spend no code that does not bear the signature of the app', async () => {
    const id = await made('shopify')
    for (const sign of [undefined, signedWith('client-secret-2')]) {
      expectEnd((await connected(id, ANSWER, sign)).finished, 'failed')
    }
    const ended = await bed.db.select().from(oauthStates).where(eq(oauthStates.ownerId, id))
    expect(ended.map(({ detail }) => detail)).toEqual(
      Array(2).fill(expect.stringMatching(/^What came back is not signed/)),
    )
    expect(server.received).toEqual([])
    expect(await connection(id)).toBeNull()

    const next = { secret: { next_client_secret: 'client-secret-2' } }
    await updateCredential(bed.store, bed.ana, id, next)
    answers.push({ access_token: 'shpat-1', refresh_token: 'shprt-1', expires_in: 3600 })
    expectEnd((await connected(id, ANSWER, signedWith('client-secret-2'))).finished, 'connected')
  })

  it('of Shopify asks for tokens that end, each time, and remembers the shop', async () => {
    const id = await made('shopify', { scopes: ['read_orders', 'read_products'] })
    answers.push({ access_token: 'shpat-1', refresh_token: 'shprt-1', expires_in: 3600, scope: 'read_orders' })
    const { asked, finished } = await connected(id, ANSWER, signedWith('client-secret-1'))
    expectEnd(finished, 'connected')
    expect(asked).toMatchObject({ scope: 'read_orders,read_products', client_id: 'client-1' })
    expect(sent(0).form).toMatchObject({ expiring: '1', code: 'code-1', client_secret: 'client-secret-1' })
    expect(await connection(id)).toMatchObject({ subject: 'my-shop.myshopify.com' })
  })

  it('of Walmart names the service and each call', async () => {
    const id = await bed.make({
      provider: 'walmart',
      grant: 'client_credentials',
      authorization_url: null,
      revocation_url: null,
      issuer: null,
      scopes: [],
      token_url: `${server.url}/v3/token`,
      client_id: 'client-1',
      secret: { client_secret: 'client-secret-1' },
    })
    const ids = new Set<unknown>()
    for (const token of ['eyJ-1', 'eyJ-2']) {
      answers.push({ access_token: token, token_type: 'Bearer', expires_in: 900 })
      expect((await renewed(id)).accessToken.reveal()).toBe(token)
      const { headers, form } = sent(ids.size)
      expect(headers).toMatchObject({
        'wm_svc.name': 'Walmart Marketplace',
        authorization: expect.stringMatching(/^Basic /),
      })
      expect(form).toEqual({ grant_type: 'client_credentials' })
      ids.add(headers['wm_qos.correlation_id'])
    }
    expect(ids.size).toBe(2)
  })

  describe('of whatever provider', () => {
    it('changes nothing of where secrets may go: another token endpoint wants them entered again', async () => {
      const id = await made('tiktok')
      const change = { token_url: 'https://evil.example/token' }
      await expect(updateCredential(bed.store, bed.ana, id, change)).rejects.toMatchObject({ code: 'invalid' })
      await updateCredential(bed.store, bed.ana, id, { provider: 'meta' })
      answers.push({ access_token: 'EAA-1', expires_in: 60 })
      expectEnd((await connected(id, { code: 'code-1' })).finished, 'connected')
      expect(server.received).toHaveLength(1)
      expect(sent(0).method).toBe('GET')
    })

    it('is the one that the consent was begun in', async () => {
      const id = await made('amazon-sp-api')
      const asked = new URL((await bed.begin(id)).url).searchParams
      await updateCredential(bed.store, bed.ana, id, { provider: 'tiktok' })
      const url = new URL(REDIRECT_URI)
      url.searchParams.set('spapi_oauth_code', 'code-1')
      url.searchParams.set('state', asked.get('state') ?? '')
      expectEnd(await bed.bring(url), 'changed')
      expect(server.received).toEqual([])
    })
  })
})
