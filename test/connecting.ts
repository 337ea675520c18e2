import { randomBytes } from 'node:crypto'
import { afterEach, beforeAll, beforeEach, expect } from 'vitest'
import type { Database } from '@/db/client'
import { permissionsOf, type Role } from '@/lib/accounts/permissions'
import type { Actor } from '@/lib/audit'
import { createCredential, credentialForm } from '@/lib/credentials'
import { type Begun, beginStored } from '@/lib/credentials/connect/begin'
import { type Callback, type Finished, finishConsent } from '@/lib/credentials/connect/finish'
import type { OAuth2Form } from '@/lib/credentials/schemas'
import type { CredentialStore } from '@/lib/credentials/store'
import { parseInput } from '@/lib/input'
import { newBrowserKey } from '@/lib/oauth/connect/state'
import { openTokens, readState } from '@/lib/oauth/stored-tokens'
import { TokenKeeper } from '@/lib/oauth/token-keeper'
import { MasterKeys } from '@/lib/vault/master-keys'
import { Vault } from '@/lib/vault/vault'
import { createTestAccount } from './account'
import { type Driver, forEachDatabase } from './databases'
import { egressWith } from './egress'
import { consentTo } from './oauth-consent'
import { type OAuthServer, startOAuthServer } from './oauth-provider'
import { auditLog } from './people'

export const REDIRECT_URI = 'http://localhost:3000/api/oauth/callback'

export type Person = Actor & { id: string }

/** An OAuth server that is connected to, and an account that connects to it. */
export interface ConnectBed {
  readonly db: Database
  readonly store: CredentialStore
  readonly provider: OAuthServer
  /** Somebody of the account, and what their browser keeps. */
  readonly ana: Person
  readonly browserKey: string
  /** A form of authorization in the browser, at the server. */
  form(fields?: Record<string, unknown>): OAuth2Form
  make(fields?: Record<string, unknown>): Promise<string>
  begin(id: string, whose?: Partial<{ person: Person; browserKey: string }>): Promise<Begun>
  /** Brings an address that a provider sends back to, as the browser of `ana` unless told otherwise. */
  bring(url: URL, whose?: Partial<Callback> & { role?: Role }): Promise<Finished>
  /** Begins, consents and brings the answer. */
  connect(id: string, account?: string): Promise<Finished>
  tokens(ownerId: string): Promise<{ access: string | undefined; refresh: string | undefined; version: number }>
  audit(): Promise<{ action: string; target: string; details: Record<string, unknown> }[]>
}

/** Runs a suite once on each database. The account, the server and the browser are new for each test. */
export function withConnecting(name: string, suite: (bed: ConnectBed, driver: Driver) => void): void {
  forEachDatabase(name, (open, driver) => {
    let db: Database
    let provider: OAuthServer
    let store: CredentialStore
    let ana: Person
    let browserKey: string
    let serial = 0

    beforeAll(async () => {
      db = (await open()).db
    })
    beforeEach(async () => {
      provider = await startOAuthServer({ redirectUris: [REDIRECT_URI] })
      const egress = egressWith(['127.0.0.1/32'])
      const vault = new Vault(new MasterKeys([{ kid: 'test', key: randomBytes(32) }]))
      store = {
        db,
        vault,
        egress,
        tokens: new TokenKeeper({ db, vault, egress }),
        authSecret: 'a-secret-of-tests-only',
      }
      const actor = await createTestAccount(db)
      ana = { ...actor, id: actor.id as string }
      browserKey = newBrowserKey()
    })
    afterEach(() => provider.close())

    const bed: ConnectBed = {
      get db() {
        return db
      },
      get store() {
        return store
      },
      get provider() {
        return provider
      },
      get ana() {
        return ana
      },
      get browserKey() {
        return browserKey
      },
      form(fields = {}) {
        serial += 1
        const form = parseInput(credentialForm, {
          type: 'oauth2',
          name: `Marketplace ${serial}`,
          grant: 'authorization_code',
          authorization_url: provider.authorizationUrl,
          token_url: provider.tokenUrl,
          revocation_url: provider.revocationUrl,
          issuer: provider.issuer,
          client_id: provider.clientId,
          scopes: ['openid', 'offline_access', 'orders'],
          hosts: ['https://api.example.com'],
          secret: { client_secret: provider.clientSecret },
          ...fields,
        })
        if (form.type !== 'oauth2') throw new TypeError('This is OAuth2')
        return form
      },
      make: (fields = {}) => createCredential(store, ana, bed.form(fields)),
      begin: (id, whose = {}) =>
        beginStored(store, whose.person ?? ana, id, {
          browserKey: whose.browserKey ?? browserKey,
          display: 'popup',
          redirectUri: REDIRECT_URI,
        }),
      bring: (url, { role = 'admin', ...whose } = {}) =>
        finishConsent(store, {
          parameters: url.searchParams,
          browserKey,
          person: { ...ana, permissions: permissionsOf(role) },
          origin: { address: '203.0.113.7', userAgent: 'Test browser', requestId: 'req_test' },
          redirectUri: REDIRECT_URI,
          ...whose,
        }),
      async connect(id, account) {
        const { url } = await bed.begin(id)
        return bed.bring(await consentTo(url, { account }))
      },
      async tokens(ownerId) {
        const owner = { accountId: ana.accountId, ownerId }
        const { accessToken, refreshToken } = await openTokens(db, store.vault, owner)
        const { version } = await readState(db, owner)
        return { access: accessToken?.reveal(), refresh: refreshToken?.reveal(), version }
      },
      async audit() {
        const events = await auditLog(db, ana.accountId)
        return events.map(({ action, targetId, details }) => ({ action, target: targetId, details }))
      },
    }
    suite(bed, driver)
  })
}

/** How a consent ended, or why a callback was none. */
export function endOf(finished: Finished): string {
  return finished.kind === 'refused' ? finished.reason : finished.outcome
}

export function expectEnd(finished: Finished, end: string): void {
  expect(endOf(finished)).toBe(end)
}
