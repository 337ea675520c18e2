import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { credentialForm, headerName } from '../schemas'
import { type CredentialTemplate, findProvider, type Provider, providerGroups, providers, variablesOf } from './index'

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const PLACEHOLDER = /\{([^{}]*)\}/g
/** What would end a host, or turn what stands before it into a user name. */
const FORBIDDEN = ['/', '\\', '@', '#', '?', ':', '&', '%', ' ', '\t', '\n', '\r', '\u00a0', '\u2028', '{', '}']

const named = providers.map((provider) => [provider.id, provider] as const)
const everyTemplate = providers.flatMap((provider) =>
  provider.templates.map((template) => [`${provider.id}: ${template.label}`, provider, template] as const),
)
const everyVariable = providers.flatMap(({ id, variables = [] }) =>
  variables.map((variable) => [`${id}: ${variable.name}`, variable] as const),
)

/** The addresses of OAuth2's endpoints, by their fields. */
function endpointsOf({ settings }: CredentialTemplate): Record<string, string> {
  if (settings.type !== 'oauth2') return {}
  const { token_url, authorization_url, issuer, revocation_url } = settings
  const named = Object.entries({ token_url, authorization_url, issuer, revocation_url })
  return Object.fromEntries(named.filter((entry): entry is [string, string] => Boolean(entry[1])))
}

function addressesOf(template: CredentialTemplate): string[] {
  const { hosts, test, integration } = template
  return [...hosts, ...Object.values(endpointsOf(template)), ...(test ? [test.url] : []), integration.base_url]
}

function placeholdersOf(address: string): string[] {
  return [...address.matchAll(PLACEHOLDER)].map(([, name = '']) => name)
}

/** An address as the examples of its variables make it. */
function filled(address: string, { variables = [] }: Provider): string {
  return variables.reduce((text, { name, example }) => text.replaceAll(`{${name}}`, example), address)
}

function headersOf({ settings, integration }: CredentialTemplate): string[] {
  const placed = 'placement' in settings && settings.placement.in === 'header' ? [settings.placement.name] : []
  const own = settings.type === 'headers' ? settings.headers : []
  return [...placed, ...own, ...integration.headers.map(({ name }) => name)]
}

describe('the catalogue', () => {
  it.each(['id', 'name', 'monogram'] as const)('has every %s once', (field) => {
    const all = providers.map((provider) => provider[field].toLowerCase())
    expect(all.filter((value, index) => all.indexOf(value) !== index)).toEqual([])
  })

  it('finds a provider by its id, and none by any other word', () => {
    for (const provider of providers) expect(findProvider(provider.id)).toBe(provider)
    expect(findProvider('SHOPIFY')).toBeUndefined()
    expect(findProvider('constructor')).toBeUndefined()
  })

  it.each(['amazon.com.be', 'amazon.co.za', 'amazon.sa', 'amazon.eg', 'amazon.ie', 'amazon.nl', 'amazon.com.mx'])(
    'knows the Seller Central of %s, which has an endpoint of the Selling Partner API',
    (site) => {
      const seller = findProvider('amazon-sp-api')?.variables?.find(({ name }) => name === 'seller')
      expect(`sellercentral.${site}`).toMatch(new RegExp(`^(?:${seller?.pattern})$`))
    },
  )

  it('has every group', () => {
    expect(new Set(providers.map(({ group }) => group))).toEqual(new Set(providerGroups))
  })

  it('is plain data, which JSON carries whole', () => {
    expect(JSON.parse(JSON.stringify(providers))).toEqual(providers)
  })

  it('imports nothing but its own files, and types: browsers load it', () => {
    const folder = new URL('.', import.meta.url)
    const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    const imports = files.flatMap((file) => readFileSync(new URL(file, folder), 'utf8').match(/^.* from '.*'$/gm) ?? [])
    expect(imports.length).toBeGreaterThan(0)
    expect(imports.filter((line) => !/ from '\.\/[a-z]+'$/.test(line) && !line.startsWith('import type'))).toEqual([])
  })
})

describe.each(named)('%s', (_, provider) => {
  it('has a form that is stored and shown', () => {
    expect(provider.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    expect(provider.id.length).toBeLessThanOrEqual(40)
    expect(provider.monogram).toMatch(/^[A-Z]{2}$/)
    expect(provider.templates).not.toEqual([])
    const labels = provider.templates.map(({ label }) => label)
    expect(new Set(labels).size).toBe(labels.length)
  })

  it('says what it was read from, and when', () => {
    expect(provider.sources).not.toEqual([])
    for (const { url, checked, shows } of provider.sources) {
      expect(new URL(url).protocol).toBe('https:')
      expect(checked).toMatch(/^\d{4}-\d\d-\d\d$/)
      expect(new Date(checked).toISOString()).toBe(`${checked}T00:00:00.000Z`)
      expect(shows).not.toBe('')
    }
  })

  it('declares the variables that it uses, and uses those that it declares', () => {
    const declared = (provider.variables ?? []).map(({ name }) => name)
    const used = provider.templates.flatMap((template) => addressesOf(template).flatMap(placeholdersOf))
    expect([...new Set(used)].sort()).toEqual([...new Set(declared)].sort())
    expect(new Set(declared).size).toBe(declared.length)
    for (const template of provider.templates) {
      const asked = variablesOf(provider.variables ?? [], template).map(({ name }) => name)
      expect(new Set(asked)).toEqual(new Set(addressesOf(template).flatMap(placeholdersOf)))
    }
  })

  it('has no variable in what is not an address', () => {
    const rest = provider.templates.map((template) => [
      { ...template.settings, ...Object.fromEntries(Object.keys(endpointsOf(template)).map((name) => [name, ''])) },
      template.integration.headers,
      template.hint,
    ])
    expect(JSON.stringify(rest)).not.toMatch(/\{[a-z]+\}/)
  })
})

if (everyVariable.length === 0) throw new Error('No provider has variables: the tests of them test nothing')
describe.each(everyVariable)('the variable %s', (_, { name, label, example, pattern }) => {
  const whole = new RegExp(`^(?:${pattern})$`)

  it('takes its example', () => {
    expect(name).toMatch(/^[a-z]+$/)
    expect(label).not.toBe('')
    expect(example).toMatch(whole)
  })

  it('can’t lead to another host', () => {
    expect('').not.toMatch(whole)
    for (const sign of FORBIDDEN) {
      expect(sign).not.toMatch(whole)
      expect(`${sign}${example}`).not.toMatch(whole)
      expect(`${example}${sign}`).not.toMatch(whole)
      expect(`${example}${sign}${example}`).not.toMatch(whole)
    }
    expect('..').not.toMatch(whole)
    expect(`${example}.`).not.toMatch(whole)
    expect(`.${example}`).not.toMatch(whole)
  })

  it('is decided quickly, whatever is typed', () => {
    const start = performance.now()
    for (const piece of ['a', 'a-', 'a.', '1', '-', '.']) expect(`${piece.repeat(5_000)}!`).not.toMatch(whole)
    expect(performance.now() - start).toBeLessThan(1_000)
  })
})

describe.each(everyTemplate)('%s', (_, provider, template) => {
  const { settings, hosts, test, integration, hint } = template

  it('sends secrets over https only, to hosts that it names', () => {
    const origins = hosts.map((host) => filled(host, provider))
    for (const address of addressesOf(template)) {
      expect(address).toMatch(/^https:\/\//)
      const url = new URL(filled(address, provider))
      expect(url.protocol).toBe('https:')
      expect([url.username, url.password, url.hash, url.port]).toEqual(['', '', '', ''])
    }
    expect(origins.map((origin) => new URL(origin).origin)).toEqual(origins)
    expect(new Set(origins).size).toBe(origins.length)
    expect(origins).toContain(new URL(filled(integration.base_url, provider)).origin)
    if (test) expect(origins).toContain(new URL(filled(test.url, provider)).origin)
  })

  it('tests without changing anything', () => {
    if (test) expect(['GET', 'HEAD', 'OPTIONS']).toContain(test.method)
  })

  it('names headers that a request may have', () => {
    for (const name of headersOf(template)) {
      expect(name).toMatch(TOKEN)
      expect(headerName.safeParse(name).success).toBe(true)
    }
    const fixed = integration.headers.map(({ name }) => name.toLowerCase())
    expect(new Set(fixed).size).toBe(fixed.length)
    for (const { value } of integration.headers) expect(value).toMatch(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/)
  })

  it('leaves an integration’s base address free for paths', () => {
    expect(integration.base_url).not.toMatch(/[?]|\/$/)
  })

  it('leaves to the person what only the person knows', () => {
    if (settings.type === 'oauth2') expect(settings.client_id).toBe('')
    expect(hint).toMatch(/[.]$/)
    expect(hint.length).toBeLessThanOrEqual(300)
  })

  it('is a credential that can be saved, once it is filled in', () => {
    const form = {
      ...settings,
      ...(settings.type === 'oauth2' ? { client_id: 'my-client' } : {}),
      ...Object.fromEntries(Object.entries(endpointsOf(template)).map(([name, url]) => [name, filled(url, provider)])),
      ...('placement' in settings && settings.placement.in === 'query'
        ? { placement: { in: 'query', name: settings.placement.name } }
        : {}),
      name: provider.name,
      provider: provider.id,
      hosts: hosts.map((host) => filled(host, provider)),
      test: test && { ...test, url: filled(test.url, provider) },
    }
    expect(credentialForm.safeParse(form).error?.issues).toBeUndefined()
  })
})

const dialects = providers.flatMap(({ id, dialect }) => (dialect ? [[id, dialect] as const] : []))

describe.each(dialects)('the dialect of %s', (id, dialect) => {
  it('belongs to a token endpoint', () => {
    expect(findProvider(id)?.templates.some(({ settings }) => settings.type === 'oauth2')).toBe(true)
  })

  it('adds no header that the flow sets, nor one that a request can’t have', () => {
    for (const { name, value } of dialect.headers ?? []) {
      expect(headerName.safeParse(name).success).toBe(true)
      expect(['authorization', 'accept', 'user-agent']).not.toContain(name.toLowerCase())
      expect(value).toMatch(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/)
    }
  })

  it('calls no two things by one name', () => {
    const names = Object.values(dialect.parameters ?? {})
    expect(new Set(names).size).toBe(names.length)
  })

  it('says of no code that it is both a success and an error', () => {
    const { success = [], meanings = {} } = dialect.errors ?? {}
    expect(success.filter((code) => code in meanings)).toEqual([])
  })
})

const everyConsent = everyTemplate.flatMap(([name, provider, { settings }]) =>
  settings.type === 'oauth2' && settings.grant === 'authorization_code' ? [[name, provider, settings] as const] : [],
)

describe.each(everyConsent)('%s', (_, { dialect }, settings) => {
  it('is a client that is registered, and has a secret', () => {
    expect(settings.client_authentication).not.toBe('none')
  })

  it('is led to where a browser may be sent', () => {
    expect(settings.authorization_url).toMatch(/^https:/)
    expect(settings.authorization_url).not.toMatch(/[#]/)
  })

  it('sends a secret where its endpoint looks for it', () => {
    // In a query, nobody looks for HTTP Basic.
    if (dialect?.method === 'GET') expect(settings.client_authentication).toBe('body')
  })
})
