import type { FieldProblem } from '../errors'
import { type CredentialForm, hostsOf, secretFieldsOf, typedFields } from './schemas'
import { toOrigin } from './urls'

/** Where stored secrets may travel to. */
export interface SavedFor {
  hosts: readonly string[]
  /** Of OAuth2: the origin of the token endpoint. */
  tokenOrigin: string | null
  /** Of OAuth2: the origin of the address where tokens are taken back. */
  revocationOrigin: string | null
}

type Endpoints = Pick<CredentialForm, 'type'> & { token_url?: string; revocation_url?: string | null }

/**
 * The origins that get the client's secret. Where a person consents is none: a browser goes there, without it. What is no
 * address stands for itself, so that it is none that a secret was saved for.
 */
export function endpointOriginsOf(form: Endpoints): Pick<SavedFor, 'tokenOrigin' | 'revocationOrigin'> {
  const originOf = (url: string | null | undefined) => (form.type === 'oauth2' && url ? (toOrigin(url) ?? url) : null)
  return { tokenOrigin: originOf(form.token_url), revocationOrigin: originOf(form.revocation_url) }
}

/**
 * A stored secret only ever travels to the hosts that it was saved for. Whoever names another one must know the secret, or
 * editing would be a way to send it to oneself: so all of it has to be typed again.
 * @param stored names of the secret fields that are stored
 */
export function hostProblems(form: CredentialForm, stored: ReadonlySet<string>, savedFor: SavedFor): FieldProblem[] {
  const [host] = addedHosts(form, savedFor)
  if (host === undefined) return []
  const typed = typedFields(form)
  return secretFieldsOf(form)
    .filter(({ name }) => !typed.has(name) && stored.has(name))
    .map(({ name, isGot }) => ({
      field: isGot ? 'connection' : `secret.${name}`,
      code: 'missing_field',
      message: isGot
        ? `Connect the service again: it was not connected for ${new URL(host).host}`
        : `Enter it again: it was not saved for ${new URL(host).host}`,
    }))
}

/** The origins that a form names and that secrets were not saved for. */
export function addedHosts(form: CredentialForm, { hosts, tokenOrigin, revocationOrigin }: SavedFor): string[] {
  const known = [tokenOrigin, revocationOrigin]
  const endpoints = Object.values(endpointOriginsOf(form)).filter((origin) => origin !== null)
  return [
    ...hostsOf(form).filter((host) => !hosts.includes(host)),
    ...endpoints.filter((origin) => !known.includes(origin)),
  ]
}
