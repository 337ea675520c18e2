import type { FieldProblem } from '../errors'
import { type CredentialForm, hostsOf, secretFieldsOf, typedFields } from './schemas'
import { toOrigin } from './urls'

/** Where stored secrets may travel to. */
export interface SavedFor {
  hosts: readonly string[]
  /** Of OAuth2: the origin of the token endpoint. */
  tokenOrigin: string | null
}

export function tokenOriginOf(form: Pick<CredentialForm, 'type'> & { token_url?: string }): string | null {
  return form.type === 'oauth2' && form.token_url ? toOrigin(form.token_url) : null
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
    .map(({ name }) => ({
      field: `secret.${name}`,
      code: 'missing_field',
      message: `Enter it again: it was not saved for ${new URL(host).host}`,
    }))
}

/** The origins that a form names and that secrets were not saved for. */
export function addedHosts(form: CredentialForm, { hosts, tokenOrigin }: SavedFor): string[] {
  const added = hostsOf(form).filter((host) => !hosts.includes(host))
  const token = tokenOriginOf(form)
  return token !== null && token !== tokenOrigin ? [...added, token] : added
}
