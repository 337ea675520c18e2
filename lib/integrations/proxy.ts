import type { Environment } from '../api-keys/token'
import type { CredentialStore } from '../credentials/store'
import { isEgressError } from '../egress/errors'
import { mismatchText, otherEnvironment } from '../environments'
import type { CallRecorder, ProxyCall } from './call-recorder'
import { callService } from './call-service'
import type { ForwardedAnswer } from './forward'
import { responseHeaders } from './headers'
import { isPathRefused, joinPath, matchesPath } from './path'
import { type ProxyProblem, problemOf } from './proxy-problems'
import type { ProxyRequest } from './proxy-request'
import type { IntegrationUse, UseLookup } from './use-lookup'

/** What the proxy needs: where credentials are kept, how integrations are found, where calls are noted. */
export interface ProxyDeps extends CredentialStore {
  uses: UseLookup
  calls: CallRecorder
}

/** Who calls: an app with its key, or a person with “Try it”. */
export interface ProxyCaller {
  accountId: string
  /** Whose integrations are meant: the key's or, of a person, that of the integration. */
  environment: Environment
  key: { id: string; integrationIds: readonly string[] | null } | null
  userId: string | null
}

/** The service's answer, on its way to the caller; or why there is none. */
export type ProxyAnswer =
  | (Pick<ForwardedAnswer, 'status' | 'body'> & { kind: 'answered'; headers: [name: string, value: string][] })
  | ({ kind: 'problem' } & ProxyProblem)

/** Where a call goes, once the integration's rules have let it. */
export interface Target {
  use: IntegrationUse
  credential: NonNullable<IntegrationUse['credential']>
  url: string
  /** Below the base, as it is noted. */
  path: string
  host: string
}

/**
 * Calls a service through an integration. What the caller may decide – path, query, headers, body – goes to the service
 * below the integration's base address; the credential is put on last, and wins. The answer comes back as it is, without
 * what is not for the caller. Every call that the integration's rules let pass is noted.
 * @throws {LookupUnavailableError} and what the database says: those are Fenicia's own failures
 */
export async function proxy(deps: ProxyDeps, caller: ProxyCaller, request: ProxyRequest): Promise<ProxyAnswer> {
  const use = await deps.uses.find(caller.accountId, caller.environment, request.slug)
  if (!use) return notFound(deps.uses, caller, request.slug)
  const target = aim(use, caller, request)
  if ('kind' in target) return target
  let sentBytes = request.bodyBytes ?? 0
  const note = (outcome: ProxyCall['outcome'], status: number, latencyMs: number, responseBytes: number) =>
    deps.calls.record(
      {
        accountId: caller.accountId,
        keyId: caller.key?.id ?? null,
        userId: caller.userId,
        integrationId: use.id,
        credentialId: target.credential.id,
        host: target.host,
        method: request.method,
        path: target.path,
        outcome,
        status,
        latencyMs,
        totalMs: performance.now() - request.startedAt,
        requestBytes: sentBytes,
        responseBytes,
        requestId: request.requestId,
      },
      Date.now() - (performance.now() - request.startedAt),
    )
  try {
    const { answer, secrets } = await callService(deps, target, request, (bytes) => {
      sentBytes = bytes
    })
    const latencyMs = performance.now() - request.startedAt
    const { status, body } = answer
    body.once('close', () => {
      note(isBrokenOff(body.errored) ? 'broken_off' : 'answered', status, latencyMs, answer.received())
    })
    return { kind: 'answered', status, headers: responseHeaders(answer.headers, secrets), body }
  } catch (error) {
    const problem = problemOf(error)
    if (!problem) throw error
    note(problem.outcome, problem.status, performance.now() - request.startedAt, 0)
    return { kind: 'problem', ...problem }
  }
}

/** Whether an answer broke off at the service. Where it was ended on this side, as by a caller who went away, it did not. */
function isBrokenOff(error: Error | null): boolean {
  return error !== null && !(isEgressError(error) && error.code === 'aborted')
}

/** Says so where the account has an integration of this slug, but in the other environment. */
async function notFound(uses: UseLookup, { accountId, environment }: ProxyCaller, slug: string): Promise<ProxyAnswer> {
  const other = otherEnvironment(environment)
  const isElsewhere = (await uses.find(accountId, other, slug)) !== null
  return isElsewhere
    ? refused('ENVIRONMENT_MISMATCH', mismatchText(`The integration “${slug}”`, other))
    : refused('NOT_FOUND', 'This account has no integration with this slug. Settings → Integrations has them all.')
}

/** Applies the integration's rules to a call. */
function aim(use: IntegrationUse, { key }: ProxyCaller, request: ProxyRequest): Target | ProxyAnswer {
  const { name, credential, methods } = use
  if (key?.integrationIds && !key.integrationIds.includes(use.id)) {
    return refused('INSUFFICIENT_PERMISSIONS', `This API key may not use the integration “${name}”.`)
  }
  if (use.state === 'paused')
    return refused(
      'INTEGRATION_PAUSED',
      `The integration “${name}” is paused. Resume it under Settings → Integrations.`,
    )
  if (!credential) {
    return refused(
      'INTEGRATION_INCOMPLETE',
      `The credential of “${name}” was deleted. Give the integration another one.`,
    )
  }
  const { origin, host } = new URL(use.baseUrl)
  if (!credential.hosts.includes(origin)) {
    const detail = `The secret of “${credential.name}” was not saved for ${host}, which “${name}” calls. Add the host to the credential.`
    return refused('INTEGRATION_INCOMPLETE', detail)
  }
  if (!methods.includes(request.method)) {
    const allow = methods.join(', ')
    return refused('METHOD_NOT_ALLOWED', `The integration “${name}” lets apps use ${allow}.`, { Allow: allow })
  }
  try {
    const { url, path } = joinPath(use.baseUrl, request.rawPath, request.rawQuery)
    if (matchesPath(use.paths, path)) return { use, credential, url, path, host }
    return refused(
      'PATH_NOT_ALLOWED',
      `The integration “${name}” does not let apps call this path: look at its paths under Settings → Integrations.`,
    )
  } catch (error) {
    if (isPathRefused(error)) return refused('validation:invalid_value', error.message)
    throw error
  }
}

function refused(code: ProxyProblem['code'], detail: string, headers?: Record<string, string>): ProxyAnswer {
  return { kind: 'problem', code, detail, headers, status: 400, outcome: 'answered' }
}
