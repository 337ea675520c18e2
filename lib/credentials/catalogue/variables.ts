import type { CredentialTemplate, Variable } from './types'

/** The variables that a template's addresses have, of those that its provider has. */
export function variablesOf<Kind extends Pick<Variable, 'name'>>(
  variables: readonly Kind[],
  { settings, hosts, test }: Pick<CredentialTemplate, 'settings' | 'hosts' | 'test'>,
): Kind[] {
  const addresses = [...hosts, test?.url, ...(settings.type === 'oauth2' ? Object.values(settings) : [])]
  return variables.filter(({ name }) =>
    addresses.some((address) => typeof address === 'string' && address.includes(`{${name}}`)),
  )
}
