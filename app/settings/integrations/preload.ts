import { credentialResource } from '@/lib/api/credential-resources'
import { callListResource, integrationResource } from '@/lib/api/integration-resources'
import { getCredential, listCredentials, listCredentialsQuery } from '@/lib/credentials'
import { isRefusal } from '@/lib/errors'
import { getIntegration, listCalls, listCallsQuery, listIntegrations, listIntegrationsQuery } from '@/lib/integrations'
import { log } from '@/lib/log'
import { getRuntime } from '@/lib/runtime'
import type { Preloaded } from '../data/preloaded'
import type { CallList } from './calls'
import { credentialPath, integrationPath } from './paths'
import type { Credential, CredentialList, Integration, IntegrationList } from './words'

// What the server puts into a page, in the form of the API's answers. Null when it can't be had now: the browser then
// asks the API itself, and tells what that says.

/** A page of the list. `path` is the API's, with its query. */
export function preloadIntegrationList(accountId: string, path: string): Promise<Preloaded<IntegrationList> | null> {
  return preload(path, async () => {
    const { integrations, nextCursor, total } = await listIntegrations(
      database(),
      { accountId },
      listIntegrationsQuery.parse(queryOf(path)),
    )
    return { data: integrations.map(integrationResource), next_cursor: nextCursor, total }
  })
}

/** One integration. @throws {Refusal} `not_found` */
export function preloadIntegration(accountId: string, id: string): Promise<Preloaded<Integration>> {
  return read(integrationPath(id), async () => integrationResource(await getIntegration(database(), { accountId }, id)))
}

/** A page of the calls through an integration. `path` is the API's, with its query. */
export function preloadCalls(accountId: string, id: string, path: string): Promise<Preloaded<CallList> | null> {
  return preload(path, async () =>
    callListResource(await listCalls(database(), { accountId }, id, listCallsQuery.parse(queryOf(path)))),
  )
}

/** Credentials to choose from, or only how many there are. */
export function preloadCredentialList(accountId: string, path: string): Promise<Preloaded<CredentialList> | null> {
  return preload(path, async () => {
    const { credentials, nextCursor, total } = await listCredentials(
      database(),
      { accountId },
      listCredentialsQuery.parse(queryOf(path)),
    )
    return { data: credentials.map(credentialResource), next_cursor: nextCursor, total }
  })
}

/** One credential; null also when there is no such one. */
export function preloadCredential(accountId: string, id: string): Promise<Preloaded<Credential> | null> {
  return preload(credentialPath(id), async () => credentialResource(await getCredential(database(), { accountId }, id)))
}

function database() {
  return getRuntime().database.db
}

function queryOf(path: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(path.split('?')[1]))
}

async function preload<Answer>(path: string, answer: () => Promise<Answer>): Promise<Preloaded<Answer> | null> {
  try {
    return await read(path, answer)
  } catch (error) {
    if (!isRefusal(error)) log.error({ err: error }, 'What a page shows could not be read')
    return null
  }
}

async function read<Answer>(path: string, answer: () => Promise<Answer>): Promise<Preloaded<Answer>> {
  return { path, answer: await answer(), at: Date.now() }
}
