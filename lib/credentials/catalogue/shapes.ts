import type { CredentialSettings, Placement } from '../types'

// What many entries have in common.

/** `Authorization: Bearer …`, where most services want an access token. */
export const inBearer: Placement = { in: 'header', name: 'Authorization', prefix: 'Bearer ' }

/** One part of a host name, and of paths: no dots, so that what stands around it stays where it is. */
export const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'

/** A whole host name. A port, which is rare, is written into the addresses by hand. */
export const HOST = `${LABEL}(?:\\.${LABEL}){0,10}`

export const DIGITS = '[0-9]{1,20}'

type OAuth2 = Extract<CredentialSettings, { type: 'oauth2' }>

/** Settings of OAuth2; what an entry does not say is as most services have it. */
export function oauth2(
  settings: Pick<OAuth2, 'grant' | 'token_url' | 'client_authentication'> & Partial<OAuth2>,
): CredentialSettings {
  const ofConsent: Partial<OAuth2> = { issuer: null, revocation_url: null, authorization_parameters: [] }
  return {
    type: 'oauth2',
    client_id: '',
    scopes: [],
    audience: null,
    parameters: [],
    placement: inBearer,
    ...(settings.grant === 'authorization_code' ? ofConsent : {}),
    ...settings,
  }
}
