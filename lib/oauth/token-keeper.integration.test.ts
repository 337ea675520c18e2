import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import { and, eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Database, type OpenDatabase, openDatabase } from '@/db/client'
import { tokenSets, vaultItems } from '@/db/schema'
import { createTestAccount } from '@/test/account'
import { createTestDatabase, forEachDatabase } from '@/test/databases'
import { egressWith } from '@/test/egress'
import { type OAuthServer, startOAuthServer } from '@/test/oauth-server'
import type { Egress } from '../egress'
import { newId } from '../ids'
import { log } from '../log'
import { MasterKeys } from '../vault/master-keys'
import { Secret } from '../vault/secret'
import { Vault } from '../vault/vault'
import { isOAuthError } from './errors'
import { claim, release } from './lease'
import { moveTokens, openTokens, putTokens, readState, removeTokens, type TokenOwner } from './stored-tokens'
import { type KeeperOptions, type KeptTokens, type Renewable, TokenKeeper } from './token-keeper'

const MASTER_KEY = { kid: 'test', key: randomBytes(32) }
/** A shop that has been opened by a person, and whose access token has ended. */
const ENDED = { accessToken: new Secret('ended'), expiresAt: new Date(0), scope: null }

forEachDatabase('the keeper of tokens', (_, driver) => {
  // The embedded database has the process's own.
  const itHasAnotherClock = it.skipIf(driver === 'pglite')
  // The same on each database, and too slow for three.
  const itTakesSeconds = it.runIf(driver === 'pg')
  let opened: OpenDatabase[]
  let drop: () => Promise<void>
  /** Two instances; the embedded database is opened by one process, and so by one pool. */
  let dbs: [Database, Database]
  let db: Database
  let provider: OAuthServer
  let owner: TokenOwner
  let egress: Egress
  const vault = new Vault(new MasterKeys([MASTER_KEY]))

  beforeAll(async () => {
    const source = await createTestDatabase(driver)
    drop = source.drop
    opened = [await openDatabase(source.config)]
    if (driver !== 'pglite') opened.push(await openDatabase(source.config))
    dbs = [(opened[0] as OpenDatabase).db, (opened.at(-1) as OpenDatabase).db]
    db = dbs[0]
  })
  afterAll(async () => {
    for (const each of opened) await each.close()
    await drop()
  })
  beforeEach(async () => {
    provider = await startOAuthServer()
    egress = egressWith(['127.0.0.1/32'])
    const { accountId } = await createTestAccount(db)
    owner = { accountId, ownerId: newId('credential') }
  })
  afterEach(async () => {
    await db.execute(sql`drop trigger if exists fails on token_sets`)
    await provider.close()
  })

  /** An instance of its own: nothing is shared with others but the database. */
  function instance(options: Partial<KeeperOptions> = {}): TokenKeeper {
    const own = new Vault(new MasterKeys([MASTER_KEY]))
    return new TokenKeeper({ db, vault: own, egress, ...options })
  }
  const loadOf =
    (grant: Renewable['grant'], clientSecret = provider.clientSecret) =>
    async (): Promise<Renewable> => ({
      grant,
      client: {
        tokenUrl: provider.tokenUrl,
        clientId: provider.clientId,
        clientSecret: new Secret(clientSecret),
        authentication: 'basic',
        scopes: [],
        audience: null,
        parameters: [],
      },
    })
  const byRefresh = () => loadOf('refresh_token')()
  const byClient = () => loadOf('client_credentials')()
  const put = (tokens: Parameters<typeof putTokens>[3], whose = owner) =>
    db.transaction((tx) => putTokens(tx, vault, whose, tokens))
  const minted = async () => new Secret(await provider.mintRefreshToken())
  const putEnded = async () => put({ ...ENDED, refreshToken: await minted() })
  const row = async (whose = owner) =>
    (
      await db
        .select()
        .from(tokenSets)
        .where(and(eq(tokenSets.accountId, whose.accountId), eq(tokenSets.ownerId, whose.ownerId)))
    )[0]
  const refreshToken = async () => (await openTokens(db, vault, owner)).refreshToken?.reveal()
  const expectUsable = async ({ accessToken, version }: KeptTokens) => {
    expect(await provider.accepts(accessToken.reveal())).toBe(true)
    expect((await openTokens(db, vault, owner)).accessToken?.reveal()).toBe(accessToken.reveal())
    expect(await row()).toMatchObject({ version, leaseUntil: null, refusedError: null })
  }
  const failureOf = (call: Promise<unknown>) =>
    call.then(
      () => expect.fail('Tokens were kept'),
      (thrown: unknown) => thrown,
    )
  const answerWith = (status: number, body: unknown, headers = {}) =>
    provider.interfere((_request, response) => {
      respond(response, status, body, headers)
      return true
    })
  const respond = (response: ServerResponse, status: number, body: unknown, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
  /** Holds the token endpoint's answers back until it is called. */
  function holdAnswers() {
    let proceed = () => {}
    const held = new Promise<void>((resolve) => {
      proceed = resolve
    })
    provider.interfere(async () => {
      await held
      return false
    })
    return proceed
  }
  const reached = (requests = 1) => vi.waitFor(() => expect(provider.requests()).toBe(requests), { timeout: 5_000 })
  /** Makes the database fail so many times when renewed tokens are stored. */
  async function failStoring(times: number) {
    await db.execute(sql`drop sequence if exists failures`)
    await db.execute(sql`create sequence failures`)
    await db.execute(sql`
      create or replace function fail_storing() returns trigger language plpgsql as $$
      begin
        if nextval('failures') <= ${sql.raw(String(times))} then raise exception 'storage fails'; end if;
        return new;
      end $$`)
    await db.execute(sql`
      create trigger fails before update on token_sets
      for each row when (new.version > old.version) execute function fail_storing()`)
  }

  describe('renews', () => {
    it('with a refresh token that is replaced each time, as often as it is asked to', async () => {
      await put({ refreshToken: await minted(), accessToken: null, expiresAt: null, scope: null })
      const keeper = instance()
      const seen = new Set([await refreshToken()])
      for (let n = 2; n <= 4; n++) {
        const kept = await keeper.renew(owner, byRefresh, { force: true })
        expect(kept.version).toBe(n)
        await expectUsable(kept)
        seen.add(await refreshToken())
      }
      expect(seen.size).toBe(4)
      expect(provider.answers()).toEqual({ 200: 3 })
    })

    it('with client credentials, from nothing, and keeps what it got', async () => {
      const keeper = instance()
      const first = await keeper.valid(owner, byClient)
      await expectUsable(first)
      expect(await instance().valid(owner, byClient)).toMatchObject({ version: 1, expiresAt: first.expiresAt })
      expect(provider.requests()).toBe(1)
      await expectUsable(await keeper.renew(owner, byClient, { unlessNewerThan: 1 }))
      expect(provider.requests()).toBe(2)
    })

    it('not before it must, and once more when it must', async () => {
      await putEnded()
      provider.lifetimeSeconds = 100
      const keeper = instance()
      const first = await keeper.valid(owner, byRefresh)
      expect(await keeper.valid(owner, byRefresh, { marginMs: 600_000 })).toEqual(first)
      vi.useFakeTimers({ toFake: ['Date'] })
      try {
        vi.setSystemTime(Date.now() + 79_000)
        expect((await keeper.valid(owner, byRefresh)).version).toBe(first.version)
        vi.setSystemTime(Date.now() + 2_000)
        expect((await keeper.valid(owner, byRefresh)).version).toBe(first.version + 1)
      } finally {
        vi.useRealTimers()
      }
      expect(provider.requests()).toBe(2)
    })

    it('after a 401, unless tokens are there that are newer than the ones refused', async () => {
      await put({ refreshToken: await minted(), accessToken: new Secret('revoked'), expiresAt: null, scope: null })
      const keeper = instance()
      const used = await keeper.valid(owner, byRefresh)
      expect(used.accessToken.reveal()).toBe('revoked')
      const renewed = await keeper.renew(owner, byRefresh, { unlessNewerThan: used.version })
      expect(await keeper.renew(owner, byRefresh, { unlessNewerThan: used.version })).toEqual(renewed)
      expect(await instance().renew(owner, byRefresh, { unlessNewerThan: used.version })).toMatchObject({ version: 2 })
      expect(provider.requests()).toBe(1)
    })

    it('not without a refresh token', async () => {
      const error = await failureOf(instance().valid(owner, byRefresh))
      expect(error).toMatchObject({ name: 'OAuthError', code: 'no_refresh_token', isPermanent: false })
      expect(provider.requests()).toBe(0)
      expect(await row()).toBeUndefined()
    })

    it('not when there is nothing to renew with any more, and leaves nothing behind', async () => {
      const gone = async () => {
        throw new Error('No such credential')
      }
      await expect(instance().valid(owner, gone)).rejects.toThrow('No such credential')
      expect(await row()).toBeUndefined()
      await putEnded()
      await expect(instance().valid(owner, gone)).rejects.toThrow('No such credential')
      expect(await row()).toMatchObject({ version: 1, leaseUntil: null })
    })

    it('with what is loaded after the claim, and with the refresh token that is there then', async () => {
      await putEnded()
      const late = await minted()
      const load = async () => {
        expect((await row())?.leaseUntil).not.toBeNull()
        return byRefresh()
      }
      await expectUsable(await instance().valid(owner, load))
      // Put by a person between the claim and the reading: the claim is void, and the new token is not spent by it.
      await put({ ...ENDED, refreshToken: await minted() })
      let isFirst = true
      const overtaken = async () => {
        if (isFirst) await put({ ...ENDED, refreshToken: late })
        isFirst = false
        return byRefresh()
      }
      const before = provider.requests()
      await expectUsable(await instance().valid(owner, overtaken))
      expect(provider.requests()).toBe(before + 1)
      expect(provider.answers()).toEqual({ 200: before + 1 })
    })
  })

  describe('renews once', () => {
    it('for twenty that ask two instances at the same time', async () => {
      await putEnded()
      const instances = dbs.map((each) => instance({ db: each }))
      const all = await Promise.all(
        Array.from({ length: 20 }, (__, n) => (instances[n % 2] as TokenKeeper).valid(owner, byRefresh)),
      )
      expect(provider.requests()).toBe(1)
      expect(new Set(all.map(({ accessToken }) => accessToken.reveal())).size).toBe(1)
      await expectUsable(all[0] as KeptTokens)
    })

    it('for twenty instances', async () => {
      await putEnded()
      const all = await Promise.all(
        Array.from({ length: 20 }, (__, n) => instance({ db: dbs[n % 2] }).valid(owner, byRefresh)),
      )
      expect(provider.requests()).toBe(1)
      expect(new Set(all.map(({ version }) => version))).toEqual(new Set([2]))
      await expectUsable(all[0] as KeptTokens)
    })

    it('for a test and a use, whichever comes first', async () => {
      await putEnded()
      const proceed = holdAnswers()
      const test = instance().renew(owner, byRefresh, { force: true })
      await reached()
      const use = instance({ db: dbs[1] }).valid(owner, byRefresh)
      const again = instance().renew(owner, byRefresh)
      setTimeout(proceed, 300)
      const [first, ...others] = await Promise.all([test, use, again])
      for (const other of others) expect(other.version).toBe(first.version)
      expect(provider.requests()).toBe(1)
    })

    it('and each owner by itself', async () => {
      const owners = await Promise.all(
        [1, 2, 3].map(async () => ({ ...owner, ownerId: newId('credential') }) satisfies TokenOwner),
      )
      for (const each of owners) await put({ ...ENDED, refreshToken: await minted() }, each)
      const keeper = instance()
      const kept = await Promise.all(owners.map((each) => keeper.valid(each, byRefresh)))
      expect(provider.requests()).toBe(3)
      expect(new Set(kept.map(({ accessToken }) => accessToken.reveal())).size).toBe(3)
    })
  })

  describe('holds a lease', () => {
    itHasAnotherClock('that is judged by the database’s clock: one that is wrong takes none', async () => {
      await putEnded()
      const lease = await claim(db, owner, 30_000)
      vi.useFakeTimers({ toFake: ['Date'] })
      try {
        vi.setSystemTime(Date.now() + 3_600_000)
        expect(await claim(dbs[1], owner, 30_000)).toBeNull()
        expect((await readState(db, owner)).isLeased).toBe(true)
      } finally {
        vi.useRealTimers()
      }
      if (lease) await release(db, lease)
      expect(await claim(dbs[1], owner, 30_000)).toMatchObject({ fence: (lease?.fence ?? 0) + 1 })
    })

    it('that one of many gets', async () => {
      const leases = await Promise.all(
        Array.from({ length: 10 }, (__, n) => claim(dbs[n % 2] as Database, owner, 30_000)),
      )
      expect(leases.filter((lease) => lease !== null)).toHaveLength(1)
    })

    it('that ends by itself when its holder was killed; the next goes on', async () => {
      await putEnded()
      await claim(db, owner, 700)
      const started = performance.now()
      await expectUsable(await instance().valid(owner, byRefresh))
      expect(performance.now() - started).toBeGreaterThan(500)
      expect(provider.requests()).toBe(1)
    })

    it('and who waits too long for another’s is told so, and nothing of the credential', async () => {
      await putEnded()
      await claim(db, owner, 30_000)
      const error = await failureOf(instance({ waitMs: 300 }).valid(owner, byRefresh))
      expect(error).toMatchObject({ code: 'busy', error: null, isPermanent: false })
      expect(provider.requests()).toBe(0)
      expect(await row()).toMatchObject({ refusedError: null })
    })

    it('and who comes late overwrites nothing: what is stored by then is used', async () => {
      await putEnded()
      let proceed = () => {}
      const paused = new Promise<void>((resolve) => {
        proceed = resolve
      })
      // Halts when the answer is there, as a process does that is stopped for a while.
      const halting: Pick<Egress, 'request'> = {
        request: async (...args) => {
          const response = await egress.request(...args)
          await paused
          return response
        },
      }
      answerWith(200, { access_token: 'late', refresh_token: 'late', expires_in: 3600 })
      const late = instance({ egress: halting, leaseMs: 300 }).valid(owner, byRefresh)
      await reached()
      provider.interfere(null)
      const onTime = await instance().valid(owner, byRefresh)
      const stored = await refreshToken()
      const warn = vi.spyOn(log, 'warn')
      proceed()
      expect((await late).accessToken.reveal()).toBe(onTime.accessToken.reveal())
      expect(await refreshToken()).toBe(stored)
      await expectUsable(onTime)
      expect(warn).toHaveBeenCalledWith({ owner: owner.ownerId }, expect.stringContaining('too late'))
    })

    it('that is void once a person has brought other tokens', async () => {
      await putEnded()
      const proceed = holdAnswers()
      const renewing = instance().valid(owner, byRefresh)
      await reached()
      await put({ refreshToken: await minted(), accessToken: new Secret('brought'), expiresAt: null, scope: null })
      proceed()
      expect(await renewing).toMatchObject({ version: 2, expiresAt: null })
      expect((await renewing).accessToken.reveal()).toBe('brought')
      expect(await row()).toMatchObject({ version: 2 })
    })

    it('that is void once the tokens were removed, even if others are there by then', async () => {
      await putEnded()
      const proceed = holdAnswers()
      const renewing = instance({ waitMs: 100 }).valid(owner, byRefresh)
      await reached()
      await db.transaction((tx) => removeTokens(tx, vault, owner))
      await put({ ...ENDED, refreshToken: new Secret('brought'), accessToken: new Secret('brought') })
      await claim(db, owner, 30_000)
      proceed()
      expect(await failureOf(renewing)).toMatchObject({ code: 'busy' })
      expect((await openTokens(db, vault, owner)).accessToken?.reveal()).toBe('brought')
      expect(await row()).toMatchObject({ version: 1 })
    })

    it('whose call takes less than the lease', async () => {
      await putEnded()
      const limits: unknown[] = []
      const watched: Pick<Egress, 'request'> = {
        request: (url, request) => {
          limits.push(request?.limits?.totalMs)
          return egress.request(url, request)
        },
      }
      await instance({ egress: watched }).renew(owner, byRefresh)
      await instance({ egress: watched, leaseMs: 3_000 }).renew(owner, byRefresh)
      expect(limits).toEqual([30_000, 2_000])
    })

    it('that who waits takes over when the holder failed, and once only', async () => {
      await putEnded()
      answerWith(503, {})
      const results = await Promise.allSettled(
        Array.from({ length: 4 }, (__, n) => instance({ db: dbs[n % 2] }).valid(owner, byRefresh)),
      )
      for (const { status } of results) expect(status).toBe('rejected')
      expect(provider.requests()).toBe(4)
      provider.interfere(null)
      await expectUsable(await instance().valid(owner, byRefresh))
    })
  })

  describe('is told', () => {
    it('that the provider is unavailable, which is no verdict', async () => {
      await putEnded()
      answerWith(503, { error: 'invalid_grant' }, { 'retry-after': '7' })
      const error = await failureOf(instance().valid(owner, byRefresh))
      expect(error).toMatchObject({ code: 'unavailable', status: 503, retryAfterMs: 7_000, isPermanent: false })
      expect(await row()).toMatchObject({ version: 1, leaseUntil: null, refusedError: null })
      provider.interfere(null)
      await expectUsable(await instance().valid(owner, byRefresh))
    })

    it('that the provider can’t be reached, which is no verdict either', async () => {
      await putEnded()
      provider.interfere((request) => request.destroy() !== undefined)
      expect(await failureOf(instance().valid(owner, byRefresh))).toMatchObject({ code: 'connection_reset' })
      expect(await row()).toMatchObject({ version: 1, leaseUntil: null, refusedError: null })
    })

    it('that it refuses for good: then it is not asked again until tokens are put anew', async () => {
      await put({ ...ENDED, refreshToken: new Secret('unknown-canary-token') })
      const keeper = instance()
      const first = await failureOf(keeper.valid(owner, byRefresh))
      expect(first).toMatchObject({ code: 'refused', error: 'invalid_grant', status: 400, isPermanent: true })
      expect(await row()).toMatchObject({ version: 1, leaseUntil: null, refusedError: 'invalid_grant' })
      expect((await row())?.refusedAt).not.toBeNull()
      for (const call of [
        () => keeper.valid(owner, byRefresh),
        () => instance().renew(owner, byRefresh),
        () => instance().renew(owner, byRefresh, { unlessNewerThan: 1 }),
      ]) {
        const error = await failureOf(call())
        expect(isOAuthError(error) && error.isPermanent).toBe(true)
        expect(error).toMatchObject({ code: 'refused', error: 'invalid_grant' })
        expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('canary')
      }
      expect(provider.requests()).toBe(1)
      await putEnded()
      await expectUsable(await keeper.valid(owner, byRefresh))
    })

    it('that it refuses for good, and asks all the same when a person tests', async () => {
      await put({ ...ENDED, refreshToken: await minted() })
      answerWith(401, { error: 'invalid_client' })
      await failureOf(instance().valid(owner, byRefresh))
      expect(await failureOf(instance().renew(owner, byRefresh, { force: true }))).toMatchObject({ status: 401 })
      expect(provider.requests()).toBe(2)
      provider.interfere(null)
      await expectUsable(await instance().renew(owner, byRefresh, { force: true }))
    })

    it('a refusal for good that those who wait share', async () => {
      await put({ ...ENDED, refreshToken: new Secret('unknown-token') })
      const results = await Promise.all(
        Array.from({ length: 6 }, (__, n) => failureOf(instance({ db: dbs[n % 2] }).valid(owner, byRefresh))),
      )
      for (const error of results) expect(error).toMatchObject({ code: 'refused', error: 'invalid_grant' })
      expect(provider.requests()).toBe(1)
    })

    it('a refusal, though tokens that are still good may be used to their end', async () => {
      const expiresAt = new Date(Date.now() + 3_600_000)
      await put({ refreshToken: new Secret('unknown-token'), accessToken: new Secret('good'), expiresAt, scope: null })
      await failureOf(instance().renew(owner, byRefresh))
      expect((await instance().valid(owner, byRefresh)).accessToken.reveal()).toBe('good')
    })

    it('a refusal of another kind, which does not stand', async () => {
      await putEnded()
      answerWith(400, { error: 'invalid_scope' })
      expect(await failureOf(instance().valid(owner, byRefresh))).toMatchObject({ error: 'invalid_scope' })
      expect(await row()).toMatchObject({ refusedError: null, leaseUntil: null })
      provider.interfere(null)
      await expectUsable(await instance().valid(owner, byRefresh))
    })

    it('a refusal of client credentials before there were any tokens', async () => {
      const wrong = loadOf('client_credentials', 'wrong-secret')
      expect(await failureOf(instance().valid(owner, wrong))).toMatchObject({ error: 'invalid_client' })
      expect(await failureOf(instance().valid(owner, wrong))).toMatchObject({ error: 'invalid_client' })
      expect(provider.requests()).toBe(1)
      await db.transaction((tx) => removeTokens(tx, vault, owner))
      await expectUsable(await instance().valid(owner, byClient))
    })
  })

  describe('keeps tokens', () => {
    it('though storing them fails twice', async () => {
      await putEnded()
      await failStoring(2)
      const warn = vi.spyOn(log, 'warn')
      const kept = await instance().valid(owner, byRefresh)
      expect(warn).toHaveBeenCalledTimes(2)
      expect(warn.mock.calls[0]?.[0]).toMatchObject({ owner: owner.ownerId })
      await expectUsable(kept)
      expect(provider.requests()).toBe(1)
      await expectUsable(await instance().renew(owner, byRefresh))
    })

    itTakesSeconds('no longer when storing fails for seconds, and says so', async () => {
      await putEnded()
      await failStoring(100)
      vi.spyOn(log, 'warn').mockReturnValue()
      const said = vi.spyOn(log, 'error').mockReturnValue()
      const started = performance.now()
      const error = await failureOf(instance().valid(owner, byRefresh))
      expect(isOAuthError(error)).toBe(false)
      expect(performance.now() - started).toBeGreaterThan(4_500)
      expect(said).toHaveBeenCalledOnce()
      expect(await row()).toMatchObject({ version: 1, leaseUntil: null, refusedError: null })
    })

    it('though the caller has gone away meanwhile', async () => {
      await putEnded()
      const proceed = holdAnswers()
      const ending = new AbortController()
      const keeper = instance()
      const call = failureOf(keeper.valid(owner, byRefresh, { signal: ending.signal }))
      await reached()
      const other = keeper.valid(owner, byRefresh)
      ending.abort()
      expect(await call).toMatchObject({ name: 'EgressError', code: 'aborted' })
      proceed()
      await expectUsable(await other)
      expect(provider.requests()).toBe(1)
    })

    it('and tells the stages of the call that got them', async () => {
      await putEnded()
      const stages: string[] = []
      await instance().renew(owner, byRefresh, { onStage: ({ stage }) => stages.push(stage) })
      expect(stages).toEqual(['address', 'connection', 'request'])
    })

    it('in the vault only', async () => {
      await putEnded()
      const { accessToken } = await instance().valid(owner, byRefresh)
      const rows = JSON.stringify([await db.select().from(tokenSets), await db.select().from(vaultItems)])
      expect(rows).not.toContain(accessToken.reveal())
      expect(rows).not.toContain(await refreshToken())
    })
  })

  describe('moves tokens', () => {
    let draft: TokenOwner
    beforeEach(() => {
      draft = { ...owner, ownerId: newId('credentialDraft') }
    })
    const move = () => db.transaction((tx) => moveTokens(tx, vault, draft, owner))
    const opened = async (whose: TokenOwner) => {
      const { accessToken, refreshToken } = await openTokens(db, vault, whose)
      return [accessToken?.reveal(), refreshToken?.reveal()]
    }

    it('which open at their new place only, and go on there', async () => {
      await put({ ...ENDED, refreshToken: await minted() }, draft)
      const secret = { ...draft, field: 'secret' } as const
      await db.transaction((tx) => vault.put(tx, secret, { client_secret: new Secret('stays') }))
      const tested = await instance().renew(draft, byRefresh, { force: true })
      const before = await opened(draft)
      await move()
      expect(await opened(owner)).toEqual(before)
      expect(await opened(draft)).toEqual([undefined, undefined])
      expect(await row(draft)).toBeUndefined()
      expect((await vault.open(db, secret))?.client_secret?.reveal()).toBe('stays')
      const kept = await instance().valid(owner, byRefresh)
      expect(kept.accessToken.reveal()).toBe(tested.accessToken.reveal())
      expect(kept.expiresAt).toEqual(tested.expiresAt)
      await expectUsable(await instance().renew(owner, byRefresh))
      expect(provider.answers()).toEqual({ 200: 2 })
    })

    it('in place of those before, as newer ones', async () => {
      await put({ ...ENDED, refreshToken: new Secret('old-token') })
      await failureOf(instance().valid(owner, byRefresh))
      await put({ ...ENDED, refreshToken: await minted() }, draft)
      await move()
      expect(await row()).toMatchObject({ version: 2, refusedError: null })
      await expectUsable(await instance().valid(owner, byRefresh))
    })

    it('with the refusal that they have met', async () => {
      await put({ ...ENDED, refreshToken: new Secret('unknown-token') }, draft)
      await failureOf(instance().valid(draft, byRefresh))
      await move()
      expect(await failureOf(instance().valid(owner, byRefresh))).toMatchObject({ error: 'invalid_grant' })
      expect(provider.requests()).toBe(1)
    })

    it('not while they are renewed', async () => {
      await put({ ...ENDED, refreshToken: await minted() }, draft)
      const proceed = holdAnswers()
      const renewing = instance().renew(draft, byRefresh)
      await reached()
      expect(await failureOf(move())).toMatchObject({ code: 'busy' })
      proceed()
      await renewing
      await move()
      await expectUsable(await instance().renew(owner, byRefresh))
    })

    it('where there are none', async () => {
      await put({ ...ENDED, refreshToken: new Secret('stays') })
      await move()
      expect(await refreshToken()).toBe('stays')
      expect(await row()).toMatchObject({ version: 1 })
    })
  })

  it('forgets tokens that are removed, and no other secret', async () => {
    const secret = { ...owner, field: 'secret' } as const
    await db.transaction((tx) => vault.put(tx, secret, { client_secret: new Secret('stays') }))
    await putEnded()
    await db.transaction((tx) => removeTokens(tx, vault, owner))
    expect(await openTokens(db, vault, owner)).toEqual({ accessToken: null, refreshToken: null })
    expect(await row()).toBeUndefined()
    expect((await vault.open(db, secret))?.client_secret?.reveal()).toBe('stays')
    await db.transaction((tx) => removeTokens(tx, vault, { ...owner, ownerId: 'cred_none' }))
  })
})
