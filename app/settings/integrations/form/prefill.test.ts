import { describe, expect, it } from 'vitest'
import { findProvider, providers } from '@/lib/credentials/catalogue'
import { placeholdersOf, prefillFor } from './prefill'

const shopify = findProvider('shopify')

it('fills in what the credential’s hosts say', () => {
  const [template] = shopify?.templates ?? []
  if (!template) throw new Error('The catalogue has no Shopify')
  const credential = {
    type: template.settings.type,
    hosts: ['https://cedar-murex.myshopify.com'],
    test: null,
  }
  expect(prefillFor(credential, shopify)?.baseUrl).toBe('https://cedar-murex.myshopify.com/admin/api')
  expect(prefillFor({ ...credential, hosts: ['https://shop.example.com'] }, shopify)).toBeNull()
  expect(prefillFor({ ...credential, type: 'basic' }, shopify)).toBeNull()
})

it('knows nothing of a credential without a provider, or with one that is gone', () => {
  expect(prefillFor({ type: 'bearer', hosts: ['https://api.example.com'], test: null }, undefined)).toBeNull()
})

it.each([
  ['https://api.tiendanube.com/v1/{store}', ['{store}']],
  ['https://api.example.com/v1', []],
])('%s has %j left to fill in', (address, left) => expect(placeholdersOf(address)).toEqual(left))

describe('each template of the catalogue', () => {
  const examples = providers.flatMap((provider) =>
    provider.templates.map((template) => [`${provider.id}: ${template.label}`, provider, template] as const),
  )
  it.each(examples)('%s', (_, provider, template) => {
    const fill = (text: string) =>
      (provider.variables ?? []).reduce((filled, { name, example }) => filled.replaceAll(`{${name}}`, example), text)
    const { settings, hosts, test } = template
    const credential = {
      type: settings.type,
      hosts: hosts.map((host) => new URL(fill(host)).origin),
      test: test && { ...test, url: fill(test.url) },
      ...(settings.type === 'oauth2' ? { token_url: fill(settings.token_url) } : {}),
    }
    const { baseUrl } = prefillFor(credential, provider) ?? { baseUrl: '' }
    // What no address of the credential says is left for the person.
    const isWhole = placeholdersOf(baseUrl).length === 0
    if (isWhole) expect(baseUrl).toBe(fill(template.integration.base_url))
    else expect(baseUrl).toBe(template.integration.base_url)
  })
})
