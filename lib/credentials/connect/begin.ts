import { sql } from 'drizzle-orm'
import { generateRandomCodeVerifier, generateRandomNonce } from 'oauth4webapi'
import type { Database } from '@/db/client'
import { oauthStates } from '@/db/schema'
import type { Actor } from '../../audit'
import { isEgressError } from '../../egress/errors'
import { environmentToMake } from '../../environments'
import { invalidField, Refusal } from '../../errors'
import { newId } from '../../ids'
import { removeTokens } from '../../oauth'
import { removeConnection } from '../../oauth/connect/connections'
import { discover, type ServerMetadata } from '../../oauth/connect/discovery'
import { asksForIdToken, authorizationUrl } from '../../oauth/connect/request'
import { browserOf, CONSENT_MINUTES, sealState } from '../../oauth/connect/state'
import { Secret } from '../../vault'
import { baseOfCredential, baseOfDraft, type DraftRow, findCredential, findDraft, requireDraftWithin } from '../base'
import { checkForm } from '../check'
import { comparable } from '../comparable'
import { keepDraft } from '../drafts'
import { addedHosts } from '../hosts'
import { dialectOf } from '../oauth'
import type { CredentialForm } from '../schemas'
import { meantSecrets } from '../secrets'
import type { CredentialStore } from '../store'
import { countTest } from '../test-limit'
import type { OAuth2Settings } from '../types'
import { SECRET_UNREADABLE, type Subject, subjectOf, supersede } from './consents'

/** Where a consent is begun. */
export interface Begin {
  /** What the browser keeps in its cookie. */
  browserKey: string
  /** Where the person will see its end. */
  display: 'popup' | 'page'
  /** The address that the provider sends the browser back to, exactly as it is registered there. */
  redirectUri: string
}

export interface Begun {
  /** `oas_…` */
  id: string
  /** Where the browser goes. */
  url: string
  /** Keeps the form while the person is away; null: a stored credential is connected. */
  draftId: string | null
}

type Person = Actor & { id: string }

/**
 * Begins to connect what a form means that is not saved. The form is kept as a draft, which the tokens will belong to.
 * @param credentialId what is edited; null: a new one
 * @throws {Refusal} `invalid`, with the fields; `not_found`; `too_many_requests`
 */
export async function beginForm(
  store: CredentialStore,
  actor: Person,
  given: CredentialForm,
  credentialId: string | null,
  begin: Begin,
): Promise<Begun> {
  const { db, vault, egress } = store
  const { accountId } = actor
  const environment = environmentToMake(actor, given.environment)
  const form = { ...given, environment }
  if (form.type !== 'oauth2' || form.grant !== 'authorization_code') throw notConnectable('grant')
  await countTest(db, accountId)
  const known = await knownServer(store, form)
  return db.transaction(async (tx) => {
    const row = credentialId === null ? null : await findCredential(tx, actor, credentialId, { lock: true })
    const draft =
      form.draft_id === null ? null : await findDraft(tx, actor, form.draft_id, { lock: true, credentialId })
    requireDraftWithin(draft, environment)
    if (row && row.environment !== environment) {
      throw invalidField('environment', `A credential stays in its environment: this one is ${row.environment}`)
    }
    if (row && row.type !== form.type) throw notConnectable('type')
    const base = draft ? baseOfDraft(draft) : row && baseOfCredential(row)
    // Tokens are about to be got anew: those that are there need not be good for what the form says.
    const stored = new Set([...(base?.stored ?? [])].filter((name) => name !== 'refresh_token'))
    checkForm(form, base && { ...base, stored }, egress.policy)
    const secrets = await meantSecrets(tx, vault, form, base)
    const kept = draft && (await withoutOldTokens(tx, store, draft, form))
    const { refresh_token: _, ...setAt } = row?.secretSetAt ?? {}
    const written = await keepDraft(tx, vault, actor, form, secrets, { kept, edited: row }, setAt)
    const owner = await findDraft(tx, actor, written.id)
    const begun = await put(tx, store, actor, owner.id, credentialId, subjectOf(owner), known, begin)
    return { ...begun, draftId: owner.id }
  })
}

/**
 * Begins to connect a stored credential, as it is.
 * @throws {Refusal} `invalid` when it is none to connect, or its client secret can’t be opened any more; `not_found`; `too_many_requests`
 */
export async function beginStored(store: CredentialStore, actor: Person, id: string, begin: Begin): Promise<Begun> {
  const { db, vault, egress } = store
  const { accountId } = actor
  const before = subjectOf(await findCredential(db, actor, id))
  const { settings } = before
  if (settings.type !== 'oauth2' || settings.grant !== 'authorization_code') throw notConnectable('grant')
  await countTest(db, accountId)
  const known = await knownServer({ egress }, settings)
  return db.transaction(async (tx) => {
    const subject = subjectOf(await findCredential(tx, actor, id, { lock: true }))
    if (comparable(subject) !== comparable(before)) {
      throw new Refusal(
        'credential_busy',
        'Somebody has just changed this credential: look at it, then try again.',
        [],
        1,
      )
    }
    const begun = await put(tx, store, actor, id, id, subject, known, begin)
    // After what is sealed for the consent: where the account's key is what can't be opened, entering it again is no help.
    const secrets = await vault.openIfIntact(tx, { accountId, ownerId: id, field: 'secret' })
    if (!secrets) throw invalidField('secret.client_secret', SECRET_UNREADABLE)
    return { ...begun, draftId: null }
  })
}

/** Tokens that a draft has are of no other hosts than those that they were got for. */
async function withoutOldTokens(
  tx: Database,
  { vault }: CredentialStore,
  draft: DraftRow,
  form: CredentialForm,
): Promise<DraftRow> {
  if (addedHosts(form, baseOfDraft(draft).savedFor).length === 0) return draft
  const owner = { accountId: draft.accountId, ownerId: draft.id }
  await removeTokens(tx, vault, owner)
  await removeConnection(tx, owner)
  const { refresh_token: _, ...secretSetAt } = draft.secretSetAt
  return { ...draft, secretSetAt }
}

async function put(
  tx: Database,
  { vault, authSecret }: CredentialStore,
  { accountId, id: userId }: Person,
  ownerId: string,
  credentialId: string | null,
  subject: Subject,
  known: ServerMetadata | null,
  { browserKey, display, redirectUri }: Begin,
): Promise<{ id: string; url: string }> {
  await supersede(tx, vault, accountId, ownerId)
  const id = newId('oauthState')
  const browser = browserOf(browserKey)
  await tx.insert(oauthStates).values({
    id,
    accountId,
    userId,
    ownerId,
    credentialId,
    browser,
    subject: { ...subject },
    namesIssuer: known?.namesIssuer ?? false,
    display,
    expiresAt: sql`statement_timestamp() + ${CONSENT_MINUTES} * interval '1 minute'`,
  })
  const codeVerifier = generateRandomCodeVerifier()
  const nonce = asksForIdToken(subject.settings) ? generateRandomNonce() : null
  await vault.put(
    tx,
    { accountId, ownerId: id, field: 'secret' },
    { code_verifier: new Secret(codeVerifier), ...(nonce === null ? {} : { nonce: new Secret(nonce) }) },
  )
  const state = await sealState(authSecret, { sid: id, aid: accountId, uid: userId, own: ownerId, bro: browser })
  const request = { redirectUri, state, codeVerifier, nonce }
  return { id, url: await authorizationUrl(subject.settings, request, dialectOf(subject.provider)) }
}

type Endpoints = Pick<OAuth2Settings, 'token_url'> & { issuer?: string | null }

/**
 * What the server says of itself, where the settings name its issuer: whether its answers must name it too, and that it is
 * the one whose token endpoint will get the code.
 * @throws {Refusal} `invalid`
 */
async function knownServer(
  { egress }: Pick<CredentialStore, 'egress'>,
  { issuer, token_url: tokenUrl }: Endpoints,
): Promise<ServerMetadata | null> {
  if (!issuer) return null
  const found = await read(egress, issuer)
  if (found && found.issuer !== issuer) {
    throw invalidField('issuer', `The server writes its name “${found.issuer}”: write it so, to the letter`)
  }
  if (found?.tokenUrl && new URL(found.tokenUrl).origin !== new URL(tokenUrl).origin) {
    const host = new URL(found.tokenUrl).host
    throw invalidField('token_url', `The issuer says that its token URL is at ${host}: the code must not go elsewhere`)
  }
  return found
}

/**
 * What an issuer says of itself, for the fields of a form.
 * @throws {Refusal} `invalid` on `issuer`; `too_many_requests`
 */
export async function fillFromIssuer(
  store: Pick<CredentialStore, 'db' | 'egress'>,
  actor: Pick<Actor, 'accountId'>,
  issuer: string,
): Promise<ServerMetadata> {
  await countTest(store.db, actor.accountId)
  const found = await read(store.egress, issuer)
  if (found) return found
  throw invalidField(
    'issuer',
    'This address says nothing of itself that Fenicia understands, or it names another issuer: fill the addresses in by hand',
  )
}

async function read(egress: CredentialStore['egress'], issuer: string): Promise<ServerMetadata | null> {
  try {
    return await discover(egress, issuer)
  } catch (error) {
    if (!isEgressError(error)) throw error
    throw invalidField('issuer', `The issuer could not be asked: ${error.message}`)
  }
}

function notConnectable(field: string): Refusal {
  return invalidField(field, 'must be OAuth2 with authorization in the browser, to be connected')
}
