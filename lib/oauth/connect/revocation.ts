import { allowInsecureRequests, customFetch, processRevocationResponse, revocationRequest } from 'oauth4webapi'
import type { Egress } from '../../egress'
import { isEgressError } from '../../egress/errors'
import { authenticate } from '../client-authentication'
import { errorOf, parseObject } from '../conforming'
import { word } from '../dialect'
import type { StoredTokens } from '../stored-tokens'
import type { OAuthClient } from '../token-endpoint'
import { fetchPlainly } from './fetch'

/**
 * What is known of tokens at the provider after a disconnect. confirmed: it said that they are gone. refused: it said no.
 * unknown: it gave no answer. not_supported: no address is known to take them back. nothing: there were none.
 */
export const revocations = ['confirmed', 'refused', 'unknown', 'not_supported', 'nothing'] as const
export type Revocation = (typeof revocations)[number]

type Client = Pick<OAuthClient, 'clientId' | 'clientSecret' | 'nextClientSecret' | 'authentication' | 'dialect'>

/**
 * Takes tokens back at the provider (RFC 7009): the refresh token, with which its access tokens go, and then the access
 * token, which some providers keep alive. What is refused is asked for once more with the client's next secret: nothing is
 * spent by that.
 */
export async function revokeTokens(
  egress: Pick<Egress, 'request'>,
  client: Client & { revocationUrl: string | null },
  { refreshToken, accessToken }: StoredTokens,
): Promise<Revocation> {
  const tokens = [
    { hint: 'refresh_token', token: refreshToken },
    { hint: 'access_token', token: accessToken },
  ].flatMap(({ hint, token }) => (token ? [{ hint, token }] : []))
  const [first, ...rest] = tokens
  if (!first) return 'nothing'
  const { revocationUrl, nextClientSecret, authentication } = client
  if (revocationUrl === null) return 'not_supported'
  let known = { ...client, revocationUrl }
  let result = await revoke(egress, known, first)
  if (result === 'refused' && nextClientSecret && authentication !== 'none') {
    known = { ...known, clientSecret: nextClientSecret }
    result = await revoke(egress, known, first)
  }
  // That the first is gone is what counts; of the second, not every provider wants to hear.
  for (const token of rest) await revoke(egress, known, token)
  return result
}

async function revoke(
  egress: Pick<Egress, 'request'>,
  { clientId, clientSecret, authentication, dialect, revocationUrl }: Client & { revocationUrl: string },
  { hint, token }: { hint: string; token: NonNullable<StoredTokens['accessToken']> },
): Promise<'confirmed' | 'refused' | 'unknown'> {
  const server = { issuer: new URL(revocationUrl).origin, revocation_endpoint: revocationUrl }
  let isAnswered = false
  const fetch = fetchPlainly(egress, revocationUrl)
  try {
    const response = await revocationRequest(
      server,
      { client_id: clientId },
      authenticate(authentication, clientSecret),
      token.reveal(),
      {
        [allowInsecureRequests]: true,
        [customFetch]: async (url, { headers, body }) => {
          // What else a provider's dialect says is of token endpoints: names are what holds here too.
          const own = { parameters: dialect?.parameters, body: dialect?.revocation?.body }
          const said = word(new URLSearchParams(String(body)), headers, own)
          const answer = await fetch(url, {
            method: 'POST',
            headers: Object.fromEntries(said.headers),
            body: said.body,
          })
          isAnswered = answer.status < 500 && answer.status !== 429
          if (!answer.ok) return answer
          // RFC 7009, 2.2 has 200 alone; others mean it by 204, and some say no with 200.
          return errorOf(parseObject(await answer.text())) === null
            ? new Response()
            : new Response(null, { status: 400 })
        },
        headers: { 'user-agent': 'Fenicia' },
        additionalParameters: dialect?.revocation?.hint === false ? {} : { token_type_hint: hint },
      },
    )
    await processRevocationResponse(response)
    return 'confirmed'
  } catch (error) {
    // Not kept: the library's errors hold the answer.
    return isEgressError(error) || !isAnswered ? 'unknown' : 'refused'
  }
}
