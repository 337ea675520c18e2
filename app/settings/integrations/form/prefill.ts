import type { CredentialTemplate, Provider } from '@/lib/credentials/catalogue'
import { type Credential, hostOf, isOnHosts } from '../words'

/** What the catalogue knows of how a credential's service is called. */
export interface Prefill {
  /** May still have parts such as `{store}`, which only the person knows. */
  baseUrl: string
  headers: { name: string; value: string }[]
}

type Known = Pick<Credential, 'type' | 'hosts' | 'test' | 'token_url'>

/** What a form begins with: the template of the credential's type whose base URL is on the credential's hosts. */
export function prefillFor(credential: Known, provider: Provider | undefined): Prefill | null {
  for (const template of provider?.templates ?? []) {
    if (template.settings.type !== credential.type) continue
    const known = variablesOf(template, credential, provider?.variables ?? [])
    const baseUrl = filled(template.integration.base_url, known)
    if (!isOnHosts(baseUrl, credential.hosts) || /[{}]|%7b/i.test(hostOf(baseUrl))) continue
    return {
      baseUrl,
      headers: template.integration.headers.map(({ name, value }) => ({ name, value: filled(value, known) })),
    }
  }
  return null
}

/** The parts of an address that still stand for something, such as `{store}`. */
export function placeholdersOf(address: string): string[] {
  return address.match(/\{[a-z_]+\}/gi) ?? []
}

/** The variables of a template, read from the addresses that the person gave the credential. */
function variablesOf(
  { settings, hosts, test }: CredentialTemplate,
  credential: Known,
  variables: readonly { name: string; pattern: string }[],
): Map<string, string> {
  const given = [...credential.hosts, credential.test?.url ?? '', credential.token_url ?? ''].filter(Boolean)
  const tokenUrl = settings.type === 'oauth2' ? [settings.token_url] : []
  const known = new Map<string, string>()
  for (const pattern of [...hosts, ...(test ? [test.url] : []), ...tokenUrl]) {
    const expression = expressionOf(pattern, variables)
    for (const address of given) {
      for (const [name, value] of Object.entries(expression.exec(address)?.groups ?? {})) {
        if (!known.has(name)) known.set(name, value)
      }
    }
  }
  return known
}

/** An address with placeholders as an expression, whose groups are called as they are. */
function expressionOf(pattern: string, variables: readonly { name: string; pattern: string }[]): RegExp {
  const seen = new Set<string>()
  const source = pattern.split(/\{([^{}]*)\}/).map((part, index) => {
    if (index % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    if (seen.has(part)) return `\\k<${part}>`
    seen.add(part)
    return `(?<${part}>${variables.find(({ name }) => name === part)?.pattern ?? '[^/]+'})`
  })
  return new RegExp(`^${source.join('')}$`, 'i')
}

function filled(text: string, known: ReadonlyMap<string, string>): string {
  return text.replace(/\{([^{}]*)\}/g, (placeholder, name: string) => known.get(name) ?? placeholder)
}
