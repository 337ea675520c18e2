import { randomBytes } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { type Database, type OpenDatabase, openDatabase } from '@/db/client'
import { tokenSets } from '@/db/schema'
import type { Egress } from '@/lib/egress'
import { newId } from '@/lib/ids'
import type { KeptTokens, Renewable } from '@/lib/oauth/renewal/renew'
import { type NewTokens, openTokens, putTokens, type TokenOwner } from '@/lib/oauth/stored-tokens'
import { type KeeperOptions, TokenKeeper } from '@/lib/oauth/token-keeper'
import { MasterKeys } from '@/lib/vault/master-keys'
import { Secret } from '@/lib/vault/secret'
import { Vault } from '@/lib/vault/vault'
import { createTestAccount } from './account'
import { createTestDatabase, type Driver, forEachDatabase } from './databases'
import { egressWith } from './egress'
import { eventually } from './eventually'
import { type OAuthServer, startOAuthServer } from './oauth-provider'

/** A shop's access token that has ended, as it was brought by a person. */
export const ENDED = { accessToken: new Secret('ended'), expiresAt: new Date(0), scope: null }

/** A database with two instances on it, an OAuth server, and whose tokens are kept. New for each test but the database. */
export interface TokenBed {
  readonly db: Database
  /** Of two instances; the embedded database is opened by one process, and so both have the same. */
  readonly dbs: readonly [Database, Database]
  readonly provider: OAuthServer
  readonly egress: Egress
  readonly owner: TokenOwner
  readonly vault: Vault
  /** A keeper that shares nothing with others but the database. */
  instance(options?: Partial<KeeperOptions>): TokenKeeper
  loadOf(grant: Renewable['grant'], clientSecret?: string): () => Promise<Renewable>
  byRefresh(): Promise<Renewable>
  byClient(): Promise<Renewable>
  minted(): Promise<Secret>
  put(tokens: NewTokens, whose?: TokenOwner): Promise<void>
  /** Puts a refresh token that works beside an access token that has ended. */
  putEnded(whose?: TokenOwner): Promise<void>
  row(whose?: TokenOwner): Promise<typeof tokenSets.$inferSelect | undefined>
  /** Lets so much time go by for the tokens that are stored. */
  age(ms: number): Promise<void>
  /** Lets the moment go by in which calls don't ask a provider again that has failed. */
  cool(): Promise<void>
  refreshToken(): Promise<string | undefined>
  /** Whether these are the tokens that are stored, and the provider takes them. */
  expectUsable(kept: KeptTokens): Promise<void>
  answerWith(status: number, body: unknown, headers?: Record<string, string>): void
  /** Holds the token endpoint's answers back until what it returns is called. */
  holdAnswers(): () => void
  /** Waits until so many requests are at the token endpoint. */
  reached(requests?: number): Promise<unknown>
  /** Makes the database fail so many times when renewed tokens are stored. */
  failStoring(times: number): Promise<void>
}

export const MASTER_KEY = { kid: 'test', key: randomBytes(32) }

/** Runs a suite once on each database, see `forEachDatabase`. */
export function withTokenKeepers(name: string, suite: (bed: TokenBed, driver: Driver) => void): void {
  forEachDatabase(name, (_, driver) => {
    let opened: OpenDatabase[]
    let drop: () => Promise<void>
    let provider: OAuthServer
    let egress: Egress
    let owner: TokenOwner
    const vault = new Vault(new MasterKeys([MASTER_KEY]))

    beforeAll(async () => {
      const source = await createTestDatabase(driver)
      drop = source.drop
      opened = [await openDatabase(source.config)]
      if (driver !== 'pglite') opened.push(await openDatabase(source.config))
    })
    afterAll(async () => {
      for (const each of opened) await each.close()
      await drop()
    })
    beforeEach(async () => {
      provider = await startOAuthServer()
      egress = egressWith(['127.0.0.1/32'])
      const { accountId } = await createTestAccount(bed.db)
      owner = { accountId, ownerId: newId('credential') }
    })
    afterEach(async () => {
      await bed.db.execute(sql`drop trigger if exists fails on token_sets`)
      await provider.close()
    })

    const bed: TokenBed = {
      get db() {
        return bed.dbs[0]
      },
      get dbs() {
        return [opened[0], opened.at(-1)].map((each) => (each as OpenDatabase).db) as [Database, Database]
      },
      get provider() {
        return provider
      },
      get egress() {
        return egress
      },
      get owner() {
        return owner
      },
      vault,
      instance: (options = {}) =>
        new TokenKeeper({
          db: bed.db,
          // Which remembers the data key, as that of a process does for most renewals.
          vault,
          egress,
          graceMs: 200,
          ...options,
        }),
      loadOf:
        (grant, clientSecret = provider.clientSecret) =>
        async () => ({
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
        }),
      byRefresh: () => bed.loadOf('refresh_token')(),
      byClient: () => bed.loadOf('client_credentials')(),
      minted: async () => new Secret(await provider.mintRefreshToken()),
      put: (tokens, whose = owner) => bed.db.transaction((tx) => putTokens(tx, vault, whose, tokens)),
      putEnded: async (whose = owner) => bed.put({ ...ENDED, refreshToken: await bed.minted() }, whose),
      row: async ({ accountId, ownerId } = owner) => {
        const isOwners = and(eq(tokenSets.accountId, accountId), eq(tokenSets.ownerId, ownerId))
        return (await bed.db.select().from(tokenSets).where(isOwners))[0]
      },
      age: async (ms) => {
        const ago = sql`${ms}::float8 * interval '1 millisecond'`
        await bed.db.execute(sql`update token_sets set obtained_at = obtained_at - ${ago},
          expires_at = expires_at - ${ago}, renew_at = renew_at - ${ago}, failing_since = failing_since - ${ago},
          cool_until = cool_until - ${ago} where owner_id = ${owner.ownerId}`)
      },
      cool: () => bed.age(10_000),
      refreshToken: async () => (await openTokens(bed.db, vault, owner)).refreshToken?.reveal(),
      async expectUsable({ accessToken, version }) {
        expect(await provider.accepts(accessToken.reveal())).toBe(true)
        expect((await openTokens(bed.db, vault, owner)).accessToken?.reveal()).toBe(accessToken.reveal())
        expect(await bed.row()).toMatchObject({ version, leaseUntil: null, refusedError: null })
      },
      answerWith(status, body, headers = {}) {
        provider.interfere((_request, response) => {
          response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
          return true
        })
      },
      holdAnswers() {
        const { promise, proceed } = held()
        provider.interfere(() => promise.then(() => false))
        return proceed
      },
      reached: (requests = 1) => eventually(() => expect(provider.requests()).toBe(requests)),
      async failStoring(times) {
        await bed.db.execute(sql`drop sequence if exists failures`)
        await bed.db.execute(sql`create sequence failures`)
        await bed.db.execute(sql`
          create or replace function fail_storing() returns trigger language plpgsql as $$
          begin
            if nextval('failures') <= ${sql.raw(String(times))} then raise exception 'storage fails'; end if;
            return new;
          end $$`)
        await bed.db.execute(sql`
          create trigger fails before update on token_sets
          for each row when (new.version > old.version) execute function fail_storing()`)
      },
    }
    suite(bed, driver)
  })
}

/** A promise that waits until it may proceed. */
export function held(): { promise: Promise<void>; proceed: () => void } {
  let proceed = () => {}
  const promise = new Promise<void>((resolve) => {
    proceed = resolve
  })
  return { promise, proceed }
}

/** What a call failed with. */
export function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => expect.fail('Tokens were kept'),
    (thrown: unknown) => thrown,
  )
}
