import { and, eq, sql } from 'drizzle-orm'
import { describe, expect, it, vi } from 'vitest'
import { credentials, oauthStates, outboxEvents, tokenSets, vaultItems } from '@/db/schema'
import { endOf, expectEnd, REDIRECT_URI, withConnecting } from '@/test/connecting'
import { eventually } from '@/test/eventually'
import { addMember, REFUSED } from '@/test/notifications'
import { consentTo } from '@/test/oauth-consent'
import { held } from '@/test/oauth-server'
import { startUpstream } from '@/test/upstream'
import { permissionsOf } from '../../accounts/permissions'
import { EgressError } from '../../egress/errors'
import { isRefusal } from '../../errors'
import { parseInput } from '../../input'
import { countUnread, listNotices, listTroubles, makeNotices } from '../../notifications'
import { recordEvent } from '../../notifications/outbox'
import {
  cancelConsent,
  createCredential,
  credentialChanges,
  deleteCredential,
  discardAccount,
  discardDraft,
  disconnect,
  fillFromIssuer,
  getConsent,
  getCredential,
  getDraft,
  pruneConsents,
  renewNow,
  replaceAccount,
  testChanges,
  testCredential,
  testForm,
  updateCredential,
} from '..'
import { findCredential, settingsOfRow } from '../base'
import { renewableOf } from '../oauth'
import { beginForm } from './begin'

withConnecting('connecting', (bed, driver) => {
  const begin = () => ({ browserKey: bed.browserKey, display: 'popup' as const, redirectUri: REDIRECT_URI })
  const view = (id: string) => getCredential(bed.db, bed.ana, id)
  const damage = async (ownerId: string, field: 'secret' | 'tokens') => {
    const place = and(eq(vaultItems.ownerId, ownerId), eq(vaultItems.field, field))
    await bed.db.update(vaultItems).set({ sealed: 'damaged' }).where(place)
  }
  /** Writes down what the provider refused to renew. */
  const refusal = (id: string) => {
    const data = { ...REFUSED, name: 'Marketplace', provider: null, connectedById: null }
    return recordEvent(bed.db, bed.ana.accountId, 'credential.reauthorization_required', id, data)
  }
  /** Somebody who is told of trouble. */
  const anOwner = async () => {
    const { accountId } = bed.ana
    return { accountId, userId: await addMember(bed.db, accountId, 'owner'), permissions: permissionsOf('owner') }
  }
  /** Has people told of it. */
  const isRefused = async (id: string) => {
    await refusal(id)
    await makeNotices(bed.db)
  }

  describe('a stored credential', () => {
    it('sends the browser there with PKCE, state and nonce, and the exact redirect address', async () => {
      const id = await bed.make({ authorization_parameters: [{ name: 'access_type', value: 'offline' }] })
      const url = new URL((await bed.begin(id)).url)
      expect(url.origin + url.pathname).toBe(bed.provider.authorizationUrl)
      expect(Object.fromEntries(url.searchParams)).toMatchObject({
        response_type: 'code',
        client_id: bed.provider.clientId,
        redirect_uri: REDIRECT_URI,
        scope: 'openid offline_access orders',
        code_challenge_method: 'S256',
        code_challenge: expect.stringMatching(/^[\w-]{43}$/),
        nonce: expect.stringMatching(/^[\w-]{43}$/),
        access_type: 'offline',
      })
      // Nothing of whom it is bound to can be read.
      expect(url.href).not.toContain(bed.ana.accountId)
      expect(url.href).not.toContain(id)
    })

    it('gets tokens that work and are renewed, and remembers whose they are', async () => {
      const id = await bed.make()
      expect((await view(id)).connection).toBeNull()
      expectEnd(await bed.connect(id), 'connected')
      const first = await bed.tokens(id)
      expect(await bed.provider.accepts(first.access as string)).toBe(true)
      expect((await view(id)).connection).toMatchObject({
        issuer: bed.provider.issuer,
        subject: 'merchant',
        label: 'merchant',
        connectedById: bed.ana.id,
        connectedByName: 'Ana',
      })
      const load = () => renewableOf(bed.db, bed.store.vault, bed.ana.accountId, id)
      const owner = { accountId: bed.ana.accountId, ownerId: id }
      for (const _ of [1, 2]) await bed.store.tokens.renew(owner, load, { reason: 'rejected' })
      const renewed = await bed.tokens(id)
      expect(renewed.version).toBe(first.version + 2)
      expect(renewed.refresh).not.toBe(first.refresh)
      expect(await bed.provider.accepts(renewed.access as string)).toBe(true)
      expect(await bed.audit()).toContainEqual({
        action: 'credential.connected',
        target: id,
        details: { account: 'merchant', before: null },
      })
    })

    it('takes a public client, and a server that says nothing of itself', async () => {
      const id = await bed.make({
        client_authentication: 'none',
        client_id: bed.provider.publicClientId,
        secret: {},
        issuer: null,
        revocation_url: null,
      })
      expectEnd(await bed.connect(id), 'connected')
      expect((await view(id)).connection).toMatchObject({ subject: null, label: null })
      expect((await bed.tokens(id)).refresh).toBeDefined()
    })

    it('keeps id, uses and history when it is re-authorized, forgets the refusal and tells of the recovery', async () => {
      const id = await bed.make()
      await bed.connect(id)
      const before = await bed.tokens(id)
      await bed.db
        .update(tokenSets)
        .set({ refusedError: 'invalid_grant', refusedAt: new Date(), alarmedAt: new Date() })
        .where(eq(tokenSets.ownerId, id))
      expectEnd(await bed.connect(id), 'connected')
      expect((await bed.tokens(id)).refresh).not.toBe(before.refresh)
      expect((await view(id)).tokens?.refusedError).toBeNull()
      expect((await bed.audit()).filter(({ target }) => target === id).map(({ action }) => action)).toEqual([
        'credential.created',
        'credential.connected',
        'credential.connected',
      ])
      const events = await bed.db.select().from(outboxEvents).where(eq(outboxEvents.subjectId, id))
      expect(events.map(({ kind }) => kind)).toEqual([
        'credential.connected',
        'credential.renewal_recovered',
        'credential.connected',
      ])
    })

    it('can be tested once it is connected, and says so before', async () => {
      const id = await bed.make()
      expect(await testCredential(bed.store, bed.ana, id)).toMatchObject({
        result: 'failed',
        advice: expect.stringMatching(/connect it/),
      })
      await bed.connect(id)
      expect(await testCredential(bed.store, bed.ana, id)).toMatchObject({ result: 'good' })
    })

    it('is left as it was by a denial, which says what the provider said', async () => {
      const id = await bed.make()
      await bed.connect(id)
      const before = await bed.tokens(id)
      const { url, id: consent } = await bed.begin(id)
      expectEnd(await bed.bring(await consentTo(url, { choice: 'deny' })), 'denied')
      expect(await bed.tokens(id)).toEqual(before)
      expect(await getConsent(bed.db, bed.ana, consent)).toMatchObject({
        state: 'denied',
        detail: 'access_denied: “The merchant said no.”',
      })
      expect((await bed.audit()).at(-1)).toMatchObject({
        action: 'credential.connect_refused',
        target: id,
        details: { reason: 'denied' },
      })
    })

    it('whose tokens can’t be opened any more takes another client secret, and is disconnected', async () => {
      const id = await bed.make()
      await bed.connect(id)
      await damage(id, 'tokens')
      for (const changes of [{ secret: { client_secret: 'another-secret' } }, { renew_ahead: false }]) {
        await updateCredential(bed.store, bed.ana, id, parseInput(credentialChanges, changes))
      }
      const secrets = await bed.store.vault.open(bed.db, { accountId: bed.ana.accountId, ownerId: id, field: 'secret' })
      expect(secrets?.client_secret?.reveal()).toBe('another-secret')
      expect((await view(id)).renewAhead).toBe(false)
      // What was not read could not be taken back.
      expect(await disconnect(bed.store, bed.ana, id)).toBe('unknown')
      expect(await bed.tokens(id)).toEqual({ access: undefined, refresh: undefined, version: 0 })
    })

    it('whose client secret can’t be opened any more says so, and is disconnected', async () => {
      const id = await bed.make()
      await bed.connect(id)
      const { url, id: consent } = await bed.begin(id)
      await damage(id, 'secret')
      expectEnd(await bed.bring(await consentTo(url)), 'failed')
      expect(await getConsent(bed.db, bed.ana, consent)).toMatchObject({
        detail: expect.stringContaining('enter it again'),
      })
      const held = await bed.tokens(id)
      expect(held.refresh).toBeDefined()
      // Without it nothing can be taken back.
      expect(await disconnect(bed.store, bed.ana, id)).toBe('unknown')
      expect((await bed.tokens(id)).refresh).toBeUndefined()
    })

    it('whose client secret can’t be opened any more says so before anybody is sent away to consent', async () => {
      const id = await bed.make()
      const { id: pending } = await bed.begin(id)
      await damage(id, 'secret')
      await expect(bed.begin(id)).rejects.toMatchObject({
        code: 'invalid',
        fields: [{ field: 'secret.client_secret', message: expect.stringContaining('enter it again') }],
      })
      expect((await getConsent(bed.db, bed.ana, pending)).state).toBe('pending')
      const secret = { client_secret: bed.provider.clientSecret }
      await updateCredential(bed.store, bed.ana, id, parseInput(credentialChanges, { secret }))
      expectEnd(await bed.connect(id), 'connected')
    })

    it('whose tokens can’t be opened any more is told to be connected again by its test', async () => {
      const id = await bed.make()
      await bed.connect(id)
      await damage(id, 'tokens')
      expect(await testCredential(bed.store, bed.ana, id)).toMatchObject({
        result: 'failed',
        detail: 'The stored tokens can’t be opened any more, so nothing was sent.',
        advice: expect.stringMatching(/^Connect the service again/),
      })
      await expect(renewNow(bed.store, bed.ana, id)).rejects.toMatchObject({
        code: 'invalid',
        message: 'Its tokens can’t be opened any more. Connect the service again.',
      })
    })

    it('that gets tokens for itself is mended by its client secret where they can’t be opened any more', async () => {
      const none = { authorization_url: null, issuer: null, revocation_url: null }
      const id = await bed.make({ grant: 'client_credentials', ...none, scopes: [] })
      expect(await renewNow(bed.store, bed.ana, id)).toMatchObject({ result: 'renewed' })
      await damage(id, 'tokens')
      await expect(renewNow(bed.store, bed.ana, id)).rejects.toMatchObject({
        message: expect.stringContaining('enter the client secret again'),
      })
      const secret = { client_secret: bed.provider.clientSecret }
      await updateCredential(bed.store, bed.ana, id, parseInput(credentialChanges, { secret }))
      expect(await renewNow(bed.store, bed.ana, id)).toMatchObject({ result: 'renewed' })
    })

    it('that is not to be connected can’t be', async () => {
      const id = await bed.make({
        grant: 'client_credentials',
        authorization_url: null,
        issuer: null,
        revocation_url: null,
      })
      await expect(bed.begin(id)).rejects.toMatchObject({ code: 'invalid', fields: [{ field: 'grant' }] })
    })

    it.each(['client_secret', 'next_client_secret'])(
      'keeps an access token that came without a refresh token when another %s is entered',
      async (field) => {
        bed.provider.interfere((_, response) => {
          response.writeHead(200, { 'content-type': 'application/json' })
          response.end(JSON.stringify({ access_token: 'lasting', token_type: 'bearer' }))
          return true
        })
        const id = await bed.make()
        expectEnd(await bed.connect(id), 'connected')
        const changes = parseInput(credentialChanges, { secret: { [field]: 'another-secret' } })
        await updateCredential(bed.store, bed.ana, id, changes)
        const load = () => renewableOf(bed.db, bed.store.vault, bed.ana.accountId, id)
        const { accessToken } = await bed.store.tokens.valid({ accountId: bed.ana.accountId, ownerId: id }, load)
        expect(accessToken.reveal()).toBe('lasting')
        expect((await view(id)).tokens).toMatchObject({ state: 'active', expiresAt: null })
      },
    )

    it('is of no known account any more once somebody has typed a token of whomever', async () => {
      const id = await bed.make()
      await bed.connect(id)
      const change = (changes: object) =>
        updateCredential(bed.store, bed.ana, id, parseInput(credentialChanges, changes))
      await change({ grant: 'refresh_token', secret: { refresh_token: await bed.provider.mintRefreshToken() } })
      const { authorizationUrl, issuer } = bed.provider
      await change({ grant: 'authorization_code', authorization_url: authorizationUrl, issuer })
      expect((await view(id)).connection).toBeNull()
      expectEnd(await bed.connect(id, 'shop-2'), 'connected')
      expect((await view(id)).connection).toMatchObject({ subject: 'shop-2' })
    })

    it('takes everything along when it is deleted', async () => {
      const id = await bed.make()
      await bed.connect(id)
      const { id: pending } = await bed.begin(id)
      // Begun in an edit that was given up since.
      const edit = await beginForm(bed.store, bed.ana, bed.form({ secret: {} }), id, begin())
      await discardDraft(bed.db, bed.store.vault, bed.ana, edit.draftId as string)
      await deleteCredential(bed.store, bed.ana, id)
      expect(await bed.db.$count(oauthStates, eq(oauthStates.credentialId, id))).toBe(0)
      for (const consent of [pending, edit.id]) {
        expect(await bed.db.$count(vaultItems, eq(vaultItems.ownerId, consent))).toBe(0)
      }
    })

    it('is no trouble any more once it is deleted: what was told of it is over, and read', async () => {
      const id = await bed.make()
      await bed.connect(id)
      const owner = await anOwner()
      await isRefused(id)
      expect(await countUnread(bed.db, owner)).toBe(1)
      await deleteCredential(bed.store, bed.ana, id)
      expect(await countUnread(bed.db, owner)).toBe(0)
      expect((await listNotices(bed.db, owner)).notices).toMatchObject([{ subjectId: id, isOver: true }])
    })
  })

  describe('another account of the provider', () => {
    async function comesBack(): Promise<{ id: string; consent: string }> {
      const id = await bed.make()
      await bed.connect(id, 'shop-1')
      const { url, id: consent } = await bed.begin(id)
      expectEnd(await bed.bring(await consentTo(url, { account: 'shop-2' })), 'other_account')
      return { id, consent }
    }

    it('replaces nothing until somebody says so', async () => {
      const { id, consent } = await comesBack()
      expect((await view(id)).connection).toMatchObject({ label: 'shop-1' })
      expect(await getConsent(bed.db, bed.ana, consent)).toMatchObject({
        state: 'other_account',
        accounts: { before: 'shop-1', now: 'shop-2' },
      })
      const before = await bed.tokens(id)
      await replaceAccount(bed.store, bed.ana, consent)
      const after = await bed.tokens(id)
      expect(after.refresh).not.toBe(before.refresh)
      expect(await bed.provider.accepts(after.access as string)).toBe(true)
      expect((await view(id)).connection).toMatchObject({ label: 'shop-2' })
      expect((await bed.audit()).at(-1)).toMatchObject({
        action: 'credential.connected',
        details: { account: 'shop-2', before: 'shop-1' },
      })
      await expect(replaceAccount(bed.store, bed.ana, consent)).rejects.toMatchObject({ code: 'not_found' })
    })

    it('is not taken for tested by what was found of the one before', async () => {
      const { id, consent } = await comesBack()
      expect((await testCredential(bed.store, bed.ana, id)).result).toBe('good')
      await replaceAccount(bed.store, bed.ana, consent)
      expect(await view(id)).toMatchObject({ connection: { label: 'shop-2' }, lastTest: null })
    })

    it('is not taken for tested by a test of the one before that ends later, nor told as bad', async () => {
      const upstream = await startUpstream()
      try {
        const id = await bed.make({ hosts: [upstream.url], test: { url: `${upstream.url}/me` } })
        await bed.connect(id, 'shop-1')
        const { promise, proceed } = held()
        upstream.respond(async (_, response) => {
          await promise
          response.writeHead(401).end()
        })
        const running = testCredential(bed.store, bed.ana, id)
        const changes = testChanges(bed.store, bed.ana, id, parseInput(credentialChanges, {}))
        await eventually(() => expect(upstream.received).toHaveLength(2))
        await bed.connect(id, 'shop-1')
        proceed()
        expect((await running).result).toBe('refused')
        expect((await view(id)).lastTest).toBeNull()
        const told = await bed.db.select().from(outboxEvents).where(eq(outboxEvents.subjectId, id))
        expect(told.map(({ kind }) => kind)).not.toContain('credential.tested_bad')
        // What was done is in the audit log all the same.
        expect((await bed.audit()).map(({ action }) => action)).toContain('credential.tested')
        // The receipt is of what was stored then.
        const { receipt } = await changes
        await updateCredential(bed.store, bed.ana, id, parseInput(credentialChanges, { receipt }))
        expect((await view(id)).lastTest).toBeNull()
      } finally {
        await upstream.close()
      }
    })

    it('may be one that nobody tells: it is asked about as well', async () => {
      const id = await bed.make()
      await bed.connect(id, 'shop-1')
      // Without `openid` no ID token comes.
      await updateCredential(
        bed.store,
        bed.ana,
        id,
        parseInput(credentialChanges, { scopes: ['offline_access', 'orders'] }),
      )
      const before = await bed.tokens(id)
      const { url, id: consent } = await bed.begin(id)
      expectEnd(await bed.bring(await consentTo(url, { account: 'shop-1' })), 'other_account')
      expect(await bed.tokens(id)).toEqual(before)
      expect(await getConsent(bed.db, bed.ana, consent)).toMatchObject({ accounts: { before: 'shop-1', now: null } })
      await replaceAccount(bed.store, bed.ana, consent)
      expect((await bed.tokens(id)).refresh).not.toBe(before.refresh)
      expect((await view(id)).connection).toMatchObject({ subject: null, label: null })
      // Nothing is known by now that could be another one.
      expectEnd(await bed.connect(id, 'shop-2'), 'connected')
    })

    it('brings the end of its refresh token along', async () => {
      const { id, consent } = await comesBack()
      const isConsents = eq(oauthStates.id, consent)
      const [state] = await bed.db.select({ waiting: oauthStates.waiting }).from(oauthStates).where(isConsents)
      expect(state?.waiting).toMatchObject({ refreshExpiresAt: null })
      // As of a provider that tells it.
      const refreshExpiresAt = new Date(Date.now() + 86_400_000).toISOString()
      await bed.db
        .update(oauthStates)
        .set({ waiting: { ...state?.waiting, refreshExpiresAt } })
        .where(isConsents)
      await replaceAccount(bed.store, bed.ana, consent)
      const ends = (await view(id)).tokens?.refreshExpiresAt?.getTime() ?? 0
      expect(Math.abs(ends - Date.parse(refreshExpiresAt))).toBeLessThan(5_000)
    })

    it('is forgotten when it is discarded', async () => {
      const { id, consent } = await comesBack()
      const before = await bed.tokens(id)
      await discardAccount(bed.store, bed.ana, consent)
      expect(await bed.tokens(id)).toEqual(before)
      expect(await bed.db.$count(vaultItems, eq(vaultItems.ownerId, consent))).toBe(0)
      await expect(replaceAccount(bed.store, bed.ana, consent)).rejects.toMatchObject({ code: 'not_found' })
    })

    // The embedded database does one transaction after the other.
    const itTogether = driver === 'pg' ? it : undefined
    itTogether?.('is decided on while somebody connects anew, and neither waits for the other', async () => {
      const { id, consent } = await comesBack()
      const waiting = async () => {
        const waits = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
        return ((await bed.db.execute(waits)) as unknown as { rows: [] }).rows
      }
      const [, replaced] = await bed.db.transaction(async (tx) => {
        // As whoever connects it anew, or deletes it.
        await tx.execute(sql`select from credentials where id = ${id} for update`)
        const replacing = replaceAccount(bed.store, bed.ana, consent).then(
          () => 'replaced',
          (error) => error,
        )
        await eventually(async () => expect(await waiting()).toHaveLength(1))
        return [await tx.execute(sql`update oauth_states set outcome = 'discarded' where id = ${consent}`), replacing]
      })
      expect(await replaced).toMatchObject({ code: 'not_found' })
    })

    it('is on record when it is discarded, with whose account it was', async () => {
      const { id, consent } = await comesBack()
      await discardAccount(bed.store, bed.ana, consent)
      expect((await bed.audit()).at(-1)).toEqual({
        action: 'credential.connect_cancelled',
        target: id,
        details: { reason: 'other_account', account: 'shop-2' },
      })
    })

    it('is only for who brought it to decide on, and not after the credential was changed', async () => {
      const { id, consent } = await comesBack()
      const stranger = { ...bed.ana, id: 'usr_stranger' }
      await expect(replaceAccount(bed.store, stranger, consent)).rejects.toMatchObject({ code: 'not_found' })
      const other = parseInput(credentialChanges, { client_id: 'another-app' })
      await updateCredential(bed.store, bed.ana, id, other)
      await expect(replaceAccount(bed.store, bed.ana, consent)).rejects.toMatchObject({ code: 'not_found' })
    })
  })

  describe('a form that is not saved', () => {
    it('is kept while the person is away; its tokens are tested and saved with it', async () => {
      const form = bed.form()
      const { url, draftId } = await beginForm(bed.store, bed.ana, form, null, begin())
      expect(await bed.bring(await consentTo(url))).toMatchObject({
        outcome: 'connected',
        consent: { ownerId: draftId },
      })
      expect(await getDraft(bed.db, bed.ana, draftId as string)).toMatchObject({ connection: { label: 'merchant' } })
      const tested = await testForm(bed.store, bed.ana, { ...form, draft_id: draftId })
      expect(tested).toMatchObject({ result: 'good', draftId })
      const tokens = await bed.tokens(draftId as string)
      const id = await createCredential(bed.store, bed.ana, { ...form, draft_id: draftId, receipt: tested.receipt })
      expect(await bed.tokens(id)).toMatchObject({ access: tokens.access, refresh: tokens.refresh })
      expect(await view(id)).toMatchObject({ connection: { label: 'merchant' }, lastTest: { result: 'good' } })
      expect((await bed.tokens(draftId as string)).refresh).toBeUndefined()
    })

    it.each([
      ['a credential is added', null, 'credentials:create', 'connected'],
      ['one is changed', 'stored', 'credentials:update', 'connected'],
      ['neither is', null, 'credentials:reauthorize', 'forbidden'],
    ] as const)('takes what it takes to save it, when %s', async (_, edited, permission, end) => {
      const id = edited && (await bed.make())
      const { url } = await beginForm(bed.store, bed.ana, bed.form(), id, begin())
      const person = { ...bed.ana, permissions: [permission] }
      expectEnd(await bed.bring(await consentTo(url), { person }), end)
    })

    it('keeps its tokens in the environment that they were got for', async () => {
      const form = bed.form({ environment: 'test' })
      const { url, draftId } = await beginForm(bed.store, bed.ana, form, null, begin())
      expectEnd(await bed.bring(await consentTo(url)), 'connected')
      const live = { ...form, environment: 'live' as const, draft_id: draftId }
      const refused = { code: 'invalid', fields: [{ field: 'environment' }] }
      await expect(createCredential(bed.store, bed.ana, live)).rejects.toMatchObject(refused)
      await expect(testForm(bed.store, bed.ana, live)).rejects.toMatchObject(refused)
      await expect(beginForm(bed.store, bed.ana, live, null, begin())).rejects.toMatchObject(refused)
      const id = await createCredential(bed.store, bed.ana, { ...live, environment: 'test' })
      expect(await view(id)).toMatchObject({ environment: 'test', connection: { label: 'merchant' } })
      await expect(beginForm(bed.store, bed.ana, bed.form(), id, begin())).rejects.toMatchObject(refused)
    })

    it('brings tokens to nobody when its environment is another one by now', async () => {
      const form = bed.form({ environment: 'test' })
      const { url, draftId } = await beginForm(bed.store, bed.ana, form, null, begin())
      const answer = await consentTo(url)
      await bed.db.execute(
        sql`update credential_drafts set form = jsonb_set(form, '{environment}', '"live"') where id = ${draftId}`,
      )
      expectEnd(await bed.bring(answer), 'changed')
      expect((await bed.tokens(draftId as string)).refresh).toBeUndefined()
    })

    it('can’t be tested before it is connected', async () => {
      await expect(testForm(bed.store, bed.ana, bed.form())).rejects.toMatchObject({
        code: 'invalid',
        fields: [{ field: 'connection' }],
      })
    })

    it('is not saved as tested by what was found before it was changed and connected anew', async () => {
      const form = bed.form()
      const { url, draftId } = await beginForm(bed.store, bed.ana, form, null, begin())
      await bed.bring(await consentTo(url))
      expect((await testForm(bed.store, bed.ana, { ...form, draft_id: draftId })).result).toBe('good')
      const other = { ...form, scopes: ['openid', 'offline_access'], secret: {}, draft_id: draftId }
      const again = await beginForm(bed.store, bed.ana, other, null, begin())
      expectEnd(await bed.bring(await consentTo(again.url, { account: 'somebody-else' })), 'connected')
      const id = await createCredential(bed.store, bed.ana, other)
      expect(await view(id)).toMatchObject({ connection: { label: 'somebody-else' }, lastTest: null })
    })

    it('that is saved with another client has its tokens renewed with that one before they are used', async () => {
      const { url, draftId } = await beginForm(bed.store, bed.ana, bed.form(), null, begin())
      expectEnd(await bed.bring(await consentTo(url)), 'connected')
      const other = bed.form({ client_id: 'another-app', draft_id: draftId })
      const id = await createCredential(bed.store, bed.ana, other)
      expect((await view(id)).tokens?.expiresAt?.getTime()).toBeLessThanOrEqual(Date.now())
      const load = () => renewableOf(bed.db, bed.store.vault, bed.ana.accountId, id)
      const use = bed.store.tokens.valid({ accountId: bed.ana.accountId, ownerId: id }, load)
      await expect(use).rejects.toMatchObject({ code: 'refused' })
    })

    it('of an edit leaves the credential as it is until it is saved', async () => {
      const id = await bed.make()
      await bed.connect(id)
      const before = await bed.tokens(id)
      const form = bed.form({ scopes: ['openid', 'orders'], secret: {} })
      const { url, draftId } = await beginForm(bed.store, bed.ana, form, id, begin())
      expectEnd(await bed.bring(await consentTo(url, { account: 'shop-2' })), 'connected')
      expect(await bed.tokens(id)).toEqual(before)
      expect((await view(id)).connection).toMatchObject({ label: 'merchant' })
      const { draft_id: _, receipt: _r, secret: _s, type: _t, access_token_expires_at: _a, ...fields } = form
      await updateCredential(bed.store, bed.ana, id, { ...fields, draft_id: draftId } as never)
      expect((await view(id)).connection).toMatchObject({ label: 'shop-2' })
      expect((await bed.tokens(id)).refresh).not.toBe(before.refresh)
    })

    it('is connected again where what its tokens were kept in can’t be opened any more', async () => {
      const form = bed.form()
      const first = await beginForm(bed.store, bed.ana, form, null, begin())
      expectEnd(await bed.bring(await consentTo(first.url)), 'connected')
      const draft = { ...form, secret: {}, draft_id: first.draftId }
      await damage(first.draftId ?? '', 'tokens')
      await expect(createCredential(bed.store, bed.ana, draft)).rejects.toMatchObject({
        code: 'invalid',
        fields: [{ field: 'connection', message: expect.stringMatching(/^Connect the service again/) }],
      })
      const { url } = await beginForm(bed.store, bed.ana, draft, null, begin())
      expectEnd(await bed.bring(await consentTo(url)), 'connected')
      const id = await createCredential(bed.store, bed.ana, draft)
      expect((await bed.tokens(id)).refresh).toBeDefined()
    })

    it('of an edit knows what it changes, also after somebody else has saved and it is gone on with', async () => {
      const id = await bed.make()
      const { name } = await view(id)
      const edit = (draftId: string | null, fields: object) =>
        bed.form({ name, secret: {}, draft_id: draftId, ...fields })
      const { draftId } = await beginForm(bed.store, bed.ana, edit(null, { audience: 'eu' }), id, begin())
      const changed = async () => (await getDraft(bed.db, bed.ana, draftId ?? '')).changedFields
      expect(await changed()).toEqual(['audience'])
      const since = parseInput(credentialChanges, { name: 'Renamed since' })
      await updateCredential(bed.store, bed.ana, id, since)
      expect(await changed()).toEqual(['audience'])
      const goneOn = edit(draftId, { name: 'Renamed since', audience: 'eu', scopes: ['orders'] })
      await beginForm(bed.store, bed.ana, goneOn, id, begin())
      expect(await changed()).toEqual(['scopes', 'audience'])
    })

    it('of an edit does not put back a client secret that somebody has replaced since', async () => {
      const id = await bed.make()
      const { url, draftId } = await beginForm(bed.store, bed.ana, bed.form({ secret: {} }), id, begin())
      expectEnd(await bed.bring(await consentTo(url)), 'connected')
      const place = { accountId: bed.ana.accountId, ownerId: id, field: 'secret' } as const
      const stored = async () => (await bed.store.vault.open(bed.db, place))?.client_secret?.reveal()
      const save = (changes: object) => updateCredential(bed.store, bed.ana, id, parseInput(credentialChanges, changes))
      await save({ secret: { client_secret: 'replaced-since' } })
      await expect(save({ draft_id: draftId })).rejects.toMatchObject({
        code: 'invalid',
        fields: [{ field: 'secret.client_secret', code: 'missing_field' }],
      })
      expect(await stored()).toBe('replaced-since')
      await save({ draft_id: draftId, secret: { client_secret: 'typed-again' } })
      expect(await stored()).toBe('typed-again')
      expect((await bed.tokens(id)).refresh).toBeDefined()
    })
  })

  describe('tokens go to no other host than those that they were got for', () => {
    const evil = 'https://evil.example'
    it.each([
      ['a host', { hosts: ['https://api.example.com', evil] }],
      ['the token URL', { token_url: `${evil}/token`, issuer: null }],
      ['the revocation URL', { revocation_url: `${evil}/revoke` }],
    ])('%s that is added asks to connect again, even of a public client', async (_what, change) => {
      const id = await bed.make({
        client_authentication: 'none',
        client_id: bed.provider.publicClientId,
        secret: {},
      })
      await bed.connect(id)
      const changes = parseInput(credentialChanges, change)
      const refused = { code: 'invalid', fields: [{ field: 'connection' }] }
      await expect(updateCredential(bed.store, bed.ana, id, changes)).rejects.toMatchObject(refused)
      // Nor by way of a draft that was never connected.
      const form = bed.form({
        client_authentication: 'none',
        client_id: bed.provider.publicClientId,
        secret: {},
        ...change,
      })
      const { draftId } = await beginForm(bed.store, bed.ana, form, id, begin())
      const viaDraft = { ...changes, draft_id: draftId }
      await expect(updateCredential(bed.store, bed.ana, id, viaDraft)).rejects.toMatchObject(refused)
      await expect(testForm(bed.store, bed.ana, { ...form, draft_id: draftId }, id)).rejects.toMatchObject(refused)
    })

    it('nor by way of a draft that was connected for fewer hosts', async () => {
      const form = bed.form()
      const { url, draftId } = await beginForm(bed.store, bed.ana, form, null, begin())
      await bed.bring(await consentTo(url))
      const more = { ...form, hosts: [...form.hosts, evil], draft_id: draftId }
      const typed = { ...more, secret: { client_secret: bed.provider.clientSecret } }
      const refused = { code: 'invalid', fields: [{ field: 'connection' }] }
      await expect(createCredential(bed.store, bed.ana, typed)).rejects.toMatchObject(refused)
      await beginForm(bed.store, bed.ana, typed, null, begin())
      expect(await bed.tokens(draftId as string)).toMatchObject({ access: undefined, refresh: undefined })
    })
  })

  describe('disconnecting', () => {
    it('takes the tokens back at the provider, forgets them and keeps the credential', async () => {
      const id = await bed.make()
      await bed.connect(id)
      const { access } = await bed.tokens(id)
      expect(await disconnect(bed.store, bed.ana, id)).toBe('confirmed')
      expect(await bed.provider.accepts(access as string)).toBe(false)
      expect(await bed.tokens(id)).toEqual({ access: undefined, refresh: undefined, version: 0 })
      const now = await view(id)
      expect(now.connection).toBeNull()
      expect(now.secretSetAt).not.toHaveProperty('refresh_token')
      expect((await bed.audit()).at(-1)).toMatchObject({
        action: 'credential.disconnected',
        details: { revocation: 'confirmed' },
      })
      expectEnd(await bed.connect(id, 'shop-2'), 'connected')
    })

    it.each([
      ['not_supported', { revocation_url: null }],
      ['refused', { revocation_url: 'TOKEN_URL' }],
      ['unknown', { revocation_url: 'http://127.0.0.1:50999/revoke' }],
    ])('says honestly when the provider has not confirmed: %s', async (expected, fields) => {
      const url = fields.revocation_url === 'TOKEN_URL' ? bed.provider.tokenUrl : fields.revocation_url
      const id = await bed.make({ revocation_url: url })
      await bed.connect(id)
      expect(await disconnect(bed.store, bed.ana, id)).toBe(expected)
      expect((await bed.tokens(id)).refresh).toBeUndefined()
    })

    it.each([
      [
        'at its own token endpoint’s host, where the credential has none',
        'hubspot',
        'https://api.hubapi.com/oauth/v1/token',
      ],
      [
        'no other host, for which its secret was not saved',
        'quickbooks',
        'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer',
      ],
      ['nothing of a provider whose tokens come from elsewhere', 'hubspot', 'https://login.example.com/token'],
    ])('asks what the catalogue knows: %s', async (_, provider, token_url) => {
      const id = await bed.make({ revocation_url: null })
      await bed.connect(id)
      const settings = { ...settingsOfRow(await findCredential(bed.db, bed.ana, id)), token_url }
      await bed.db.update(credentials).set({ provider, settings }).where(eq(credentials.id, id))
      const asked: string[] = []
      const request = async (url: string) => {
        asked.push(url)
        throw new EgressError('unreachable', 'connection')
      }
      const store = { ...bed.store, egress: { request } as unknown as typeof bed.store.egress }
      const isThere = provider === 'hubspot' && token_url.includes('hubapi')
      expect(await disconnect(store, bed.ana, id)).toBe(isThere ? 'unknown' : 'not_supported')
      expect([...new Set(asked)]).toEqual(isThere ? ['https://api.hubapi.com/oauth/2026-03/token/revoke'] : [])
    })

    it('takes any status of success for a yes', async () => {
      const upstream = await startUpstream()
      try {
        upstream.respond((_, response) => response.writeHead(204).end())
        const id = await bed.make({ revocation_url: `${upstream.url}/revoke` })
        await bed.connect(id)
        expect(await disconnect(bed.store, bed.ana, id)).toBe('confirmed')
        expect(upstream.received).toHaveLength(2)
      } finally {
        await upstream.close()
      }
    })

    it('ends what was wrong, so that people are told of the next refusal', async () => {
      const id = await bed.make()
      await bed.connect(id)
      const { accountId } = bed.ana
      const owner = await anOwner()
      await isRefused(id)
      expect(await listTroubles(bed.db, accountId, id)).toHaveLength(1)
      await disconnect(bed.store, bed.ana, id)
      expect(await listTroubles(bed.db, accountId, id)).toEqual([])
      expect(await countUnread(bed.db, owner)).toBe(0)
      expectEnd(await bed.connect(id), 'connected')
      await makeNotices(bed.db)
      expect(await countUnread(bed.db, owner)).toBe(0)
      await isRefused(id)
      expect(await listTroubles(bed.db, accountId, id)).toHaveLength(1)
      expect(await countUnread(bed.db, owner)).toBe(1)
    })

    it('of what nobody was told of yet is over when it is connected anew', async () => {
      const id = await bed.make()
      await bed.connect(id)
      await refusal(id)
      await disconnect(bed.store, bed.ana, id)
      expectEnd(await bed.connect(id), 'connected')
      const events = await bed.db.select().from(outboxEvents).where(eq(outboxEvents.subjectId, id))
      expect(events.map(({ kind }) => kind)).toEqual([
        'credential.connected',
        'credential.reauthorization_required',
        'credential.renewal_recovered',
        'credential.connected',
      ])
      await makeNotices(bed.db)
      expect(await listTroubles(bed.db, bed.ana.accountId, id)).toEqual([])
    })

    it('leaves tokens alone that somebody has brought since it took the others back', async () => {
      const id = await bed.make()
      await bed.connect(id)
      const before = await bed.tokens(id)
      const { egress } = bed.store
      const request = egress.request.bind(egress)
      let isConnectedAnew = false
      vi.spyOn(egress, 'request').mockImplementation(async (url, sent) => {
        if (String(url) === bed.provider.revocationUrl && !isConnectedAnew) {
          isConnectedAnew = true
          expectEnd(await bed.connect(id), 'connected')
        }
        return request(url, sent)
      })
      await expect(disconnect(bed.store, bed.ana, id)).rejects.toMatchObject({ code: 'credential_busy' })
      const after = await bed.tokens(id)
      expect(after.refresh).toEqual(expect.any(String))
      expect(after.refresh).not.toBe(before.refresh)
      expect((await view(id)).connection).not.toBeNull()
      expect(await bed.provider.accepts(after.access as string)).toBe(true)
      expect(await disconnect(bed.store, bed.ana, id)).toBe('confirmed')
      expect(await bed.provider.accepts(after.access as string)).toBe(false)
    })

    it('waits for no renewal and is refused while one runs', async () => {
      const id = await bed.make()
      await bed.connect(id)
      await bed.db
        .update(tokenSets)
        .set({ leaseUntil: new Date(Date.now() + 60_000) })
        .where(eq(tokenSets.ownerId, id))
      await expect(disconnect(bed.store, bed.ana, id)).rejects.toMatchObject({ code: 'credential_busy' })
      expect((await bed.tokens(id)).refresh).toBeDefined()
    })
  })

  describe('filling from an issuer', () => {
    it('finds the addresses, and how a client may prove itself', async () => {
      expect(await fillFromIssuer(bed.store, bed.ana, bed.provider.issuer)).toEqual({
        issuer: bed.provider.issuer,
        authorizationUrl: bed.provider.authorizationUrl,
        tokenUrl: bed.provider.tokenUrl,
        revocationUrl: bed.provider.revocationUrl,
        namesIssuer: true,
        authentications: ['basic', 'body', 'none'],
      })
    })

    it.each([
      ['names another issuer', () => `${bed.provider.issuer}/tenant`],
      ['is not there', () => 'http://127.0.0.1:50999'],
      ['may not be called', () => 'https://10.0.0.1'],
    ])('says so when the issuer %s', async (_what, issuer) => {
      await expect(fillFromIssuer(bed.store, bed.ana, issuer())).rejects.toMatchObject({
        code: 'invalid',
        fields: [{ field: 'issuer' }],
      })
    })

    it('refuses to begin where the issuer says that its token endpoint is elsewhere, or is written otherwise', async () => {
      const elsewhere = await bed.make({ token_url: 'http://127.0.0.1:50999/token' })
      await expect(bed.begin(elsewhere)).rejects.toMatchObject({ fields: [{ field: 'token_url' }] })
      const slashed = await bed.make({ issuer: `${bed.provider.issuer}/` })
      await expect(bed.begin(slashed)).rejects.toMatchObject({ fields: [{ field: 'issuer' }] })
    })
  })

  it('can be called off and begun anew; the answers that are late change nothing', async () => {
    const id = await bed.make()
    const first = await bed.begin(id)
    const second = await bed.begin(id)
    expectEnd(await bed.bring(await consentTo(first.url)), 'superseded')
    await cancelConsent(bed.store, bed.ana, second.id)
    const cancelled = { action: 'credential.connect_cancelled', target: id, details: { reason: 'cancelled' } }
    expect((await bed.audit()).at(-1)).toEqual(cancelled)
    await cancelConsent(bed.store, bed.ana, second.id)
    expect((await bed.audit()).filter(({ action }) => action === cancelled.action)).toHaveLength(1)
    expectEnd(await bed.bring(await consentTo(second.url)), 'cancelled')
    expect((await bed.tokens(id)).refresh).toBeUndefined()
    expect((await getConsent(bed.db, bed.ana, first.id)).state).toBe('superseded')
  })

  it('leaves on record who discarded a draft, of what', async () => {
    const { name } = bed.form()
    const draft = async (credentialId: string | null) =>
      (await beginForm(bed.store, bed.ana, bed.form({ name }), credentialId, begin())).draftId as string
    const fresh = await draft(null)
    await discardDraft(bed.db, bed.store.vault, bed.ana, fresh)
    const discarded = { action: 'credential.draft_discarded', target: fresh, details: { name } }
    expect((await bed.audit()).at(-1)).toEqual(discarded)
    const id = await bed.make()
    const edit = await draft(id)
    await discardDraft(bed.db, bed.store.vault, bed.ana, edit)
    expect((await bed.audit()).at(-1)).toEqual({ ...discarded, target: id, details: { name, draft: edit } })
  })

  it('is not over while an answer of its last seconds is worked on', async () => {
    const { id } = await bed.begin(await bed.make())
    const over = { expiresAt: new Date(Date.now() - 1_000) }
    await bed.db.update(oauthStates).set(over).where(eq(oauthStates.id, id))
    expect((await getConsent(bed.db, bed.ana, id)).state).toBe('expired')
    await bed.db.update(oauthStates).set({ consumedAt: new Date() }).where(eq(oauthStates.id, id))
    expect((await getConsent(bed.db, bed.ana, id)).state).toBe('pending')
  })

  it('has failed once its answer was worked on for longer than that takes, as by a process that was ended', async () => {
    const { id } = await bed.begin(await bed.make())
    const usedUp = { consumedAt: new Date(Date.now() - 5 * 60_000) }
    await bed.db.update(oauthStates).set(usedUp).where(eq(oauthStates.id, id))
    expect(await getConsent(bed.db, bed.ana, id)).toMatchObject({
      state: 'failed',
      detail: expect.stringMatching(/Connect again/),
    })
  })

  it('deletes what nobody asks for any more, with what it kept', async () => {
    const id = await bed.make()
    const [old, fresh] = [await bed.begin(id), await bed.begin(await bed.make())]
    await bed.db
      .update(oauthStates)
      .set({ expiresAt: new Date(Date.now() - 25 * 3_600_000) })
      .where(eq(oauthStates.id, old.id))
    expect(await pruneConsents(bed.db, bed.store.vault)).toBeGreaterThanOrEqual(1)
    await expect(getConsent(bed.db, bed.ana, old.id)).rejects.toSatisfy(isRefusal)
    expect((await getConsent(bed.db, bed.ana, fresh.id)).state).toBe('pending')
    expect(await bed.db.$count(vaultItems, eq(vaultItems.ownerId, old.id))).toBe(0)
  })

  it('finishes one of two answers that come at once', async () => {
    const id = await bed.make()
    const { url } = await bed.begin(id)
    const back = await consentTo(url)
    const ends = await Promise.all([bed.bring(back), bed.bring(back)])
    expect(ends.map(endOf).sort()).toEqual(['connected', 'replayed'])
    expect(await bed.provider.accepts((await bed.tokens(id)).access as string)).toBe(true)
  })
})
