import { describe, expect, it } from 'vitest'
import { findProvider } from '@/lib/credentials/catalogue'
import { credentialForm } from '@/lib/credentials/schemas'
import {
  emptyValues,
  refilled,
  templateFor,
  templateValues,
  valuesOf,
  variableProblems,
  variableText,
  withTemplate,
  withVariablesOf,
} from './initial'
import { type FormValues, headerKey, testedPart, toInput } from './input'

const none = new Set<string>()
const typed = (text: string) => ({ text, replace: false })
const test = { method: 'GET', url: 'https://api.example.com/me', good: '200, 2xx' } as const

const filledIn: FormValues[] = [
  { ...emptyValues('api_key'), placement: { in: 'query', name: 'api_key', prefix: '' }, secret: { key: typed('k') } },
  { ...emptyValues('bearer'), expiresAt: '2027-01-31T23:59:59.000Z', secret: { token: typed('t') } },
  { ...emptyValues('basic'), secret: { username: typed('user'), password: typed('pass') } },
  {
    ...emptyValues('headers'),
    headers: [
      { id: 3, name: 'X-Key' },
      { id: 7, name: 'X-Token' },
    ],
    secret: { [headerKey(3)]: typed('k'), [headerKey(7)]: typed('t') },
  },
  {
    ...emptyValues('oauth2'),
    grant: 'refresh_token',
    tokenUrl: ' https://auth.example.com/token ',
    clientId: 'me',
    scopes: 'read write',
    parameters: [{ id: 0, name: 'realm', value: 'x' }],
    accessTokenEnds: '2027-01-31T12:00',
    secret: { client_secret: typed('s'), refresh_token: typed('r'), access_token: typed('a') },
  },
]

it.each(filledIn)('sends a form of the type $type as the schema takes it', (values) => {
  const input = toInput({ ...values, name: 'Example', test }, none)
  const form = credentialForm.parse(input)
  expect(form.test?.good).toEqual(['200', '2xx'])
  // What was sent, read back as the API tells it, makes the same form, without the secrets.
  const again = toInput(valuesOf(JSON.parse(JSON.stringify(form))), none)
  expect({ ...input, secret: {}, access_token_expires_at: undefined }).toMatchObject({ ...again, secret: {} })
})

it('leaves a stored secret out unless it is typed anew, and an empty one only where it is not to be replaced', () => {
  const stored = new Set(['token'])
  const secretOf = (secret: FormValues['secret']) => toInput({ ...emptyValues('bearer'), secret }, stored).secret
  expect(secretOf({})).toEqual({})
  expect(secretOf({ token: typed('new') })).toEqual({ token: 'new' })
  expect(secretOf({ token: { text: '', replace: true } })).toEqual({ token: '' })
  expect(toInput(emptyValues('bearer'), none).secret).toEqual({})
})

it('sends only the secrets that the type and its settings have', () => {
  const secret = { key: typed('k'), client_secret: typed('s'), refresh_token: typed('r') }
  expect(toInput({ ...emptyValues('oauth2'), secret }, none).secret).toEqual({ client_secret: 's' })
  const open = { ...emptyValues('oauth2'), clientAuthentication: 'none', grant: 'refresh_token', secret } as const
  expect(toInput(open, none).secret).toEqual({ refresh_token: 'r' })
})

it('a test stays good for the same form under another name, and for no other', () => {
  const values = { ...emptyValues('bearer'), test, secret: { token: typed('t') } }
  const part = (change: Partial<FormValues>) => testedPart(toInput({ ...values, ...change }, none))
  expect(part({ name: 'Other' })).toBe(part({}))
  expect(part({ secret: { token: typed('u') } })).not.toBe(part({}))
  expect(part({ hosts: ['https://b.example.com'] })).not.toBe(part({}))
})

const provider = {
  id: 'shop',
  name: 'Shop',
  monogram: 'SH',
  variables: [{ name: 'shop', label: 'Shop name', example: 'my-shop', pattern: '[a-z-]+' }],
  templates: [],
}
const template = {
  label: 'Token',
  settings: { type: 'bearer' },
  hosts: ['https://{shop}.example.com'],
  test: { method: 'GET', url: 'https://{shop}.example.com/me', good: [] },
  hint: '',
} as const
const asTemplate = { ...template, hosts: [...template.hosts], test: { ...template.test, good: [] } }

it('puts variables into the addresses as they are typed, but not into what was edited by hand', () => {
  const begun = templateValues(provider, asTemplate, {})
  expect(begun).toMatchObject({ name: 'Shop', provider: 'shop', hosts: ['https://{shop}.example.com'] })
  const a = refilled(begun, asTemplate, {}, { shop: 'a' })
  expect(a).toMatchObject({ hosts: ['https://a.example.com'], test: { url: 'https://a.example.com/me' } })
  const edited = { ...a, test: { ...a.test, url: 'https://a.example.com/other' } }
  expect(refilled(edited, asTemplate, { shop: 'a' }, { shop: 'ab' })).toMatchObject({
    hosts: ['https://ab.example.com'],
    test: { url: 'https://a.example.com/other' },
  })
})

it('says which variable is missing or does not fit', () => {
  expect(variableProblems(provider, {})['variables.shop']).toContain('is required')
  expect(variableProblems(provider, { shop: 'a/b' })['variables.shop']).toContain('my-shop')
  expect(variableProblems(provider, { shop: 'ab' })).toEqual({})
  expect(variableText(' https://shop.example.com/ ')).toBe('shop.example.com')
})

it('asks for the variables of the template that is chosen, and of no other', () => {
  const region = { name: 'region', label: 'Region', example: 'na', pattern: 'na|eu' }
  const templates = [
    asTemplate,
    { ...asTemplate, label: 'Key', hosts: ['https://api.example.com'], test: null },
    {
      ...asTemplate,
      label: 'Connect',
      hosts: ['https://api.example.com'],
      test: null,
      settings: {
        type: 'oauth2',
        grant: 'authorization_code',
        authorization_url: 'https://auth-{region}.example.com/authorize',
        token_url: 'https://auth.example.com/token',
        client_id: '',
        client_authentication: 'body',
        scopes: [],
        audience: null,
        parameters: [],
        placement: { in: 'header', name: 'Authorization', prefix: 'Bearer ' },
      } as const,
    },
  ].map((one) => ({ ...one, settings: { ...one.settings } }) as typeof asTemplate)
  const both = { ...provider, variables: [...provider.variables, region], templates }
  const asked = (template: number) => withVariablesOf(both, template)?.variables.map(({ name }) => name)
  expect([asked(0), asked(1), asked(2)]).toEqual([['shop'], [], ['region']])
  expect(withVariablesOf(null, 0)).toBeNull()
})

it.each(['paypal', 'openpay', 'easypost', 'ups', 'fedex', 'walmart', 'quickbooks'])(
  '%s goes with its sandbox for a test credential, and back',
  (id) => {
    const found = findProvider(id) ?? expect.fail('no such provider')
    const provider = { variables: [], ...found }
    const sandbox = templateFor(provider, 0, 'test')
    expect(provider.templates[sandbox]?.isSandbox).toBe(true)
    expect(templateFor(provider, sandbox, 'test')).toBe(sandbox)
    expect(templateFor(provider, sandbox, 'live')).toBe(0)
  },
)

it('a provider without a sandbox stays as it is', () => {
  const found = findProvider('shippo') ?? expect.fail('no such provider')
  expect(templateFor({ variables: [], ...found }, 0, 'test')).toBe(0)
  expect(templateFor(null, 0, 'test')).toBe(0)
})

describe('another kind of access', () => {
  const found = findProvider('paypal') ?? expect.fail('no such provider')
  const provider = { variables: [], ...found }
  const [live, sandbox] = provider.templates
  if (!live || !sandbox) throw new Error('PayPal has a sandbox')
  const before: FormValues = {
    ...templateValues(provider, live, {}),
    name: 'Mine',
    scopes: 'orders',
    test: { method: 'GET', url: 'https://api-m.paypal.com/mine', good: '200' },
    expiresAt: '2099-01-01T00:00:00.000Z',
    clientId: 'client-1',
    secret: { client_secret: typed('s3cret') },
  }
  const inSandbox = withTemplate(
    provider,
    { values: { ...before, environment: 'test' }, variables: {} },
    [live, sandbox],
    undefined,
  )

  it('goes on with the client and the secrets that were typed', () => {
    expect(withTemplate(provider, { values: before, variables: {} }, [live, live], undefined)).toEqual(before)
  })

  it('goes on in the sandbox with what is the same there, and without client, secrets and addresses of production', () => {
    const fresh = templateValues(provider, sandbox, {}, 'test')
    expect(inSandbox).toEqual({ ...fresh, name: 'Mine', scopes: 'orders', test: { ...fresh.test, good: '200' } })
    expect(inSandbox).toMatchObject({ environment: 'test', clientId: '', secret: {} })
  })

  it('gives back what was typed for production once it comes back there, but for what was changed since', () => {
    const values: FormValues = { ...inSandbox, environment: 'live', name: 'Renamed', clientId: 'client-2' }
    const back = withTemplate(provider, { values, variables: {} }, [sandbox, live], { values: before, variables: {} })
    expect(back).toEqual({ ...before, name: 'Renamed' })
  })
})

it('fills the addresses that were left behind with the variables as they are by now', () => {
  const other = { ...asTemplate, isSandbox: true as const, hosts: ['https://sandbox.example.com'], test: null }
  const left = { values: templateValues(provider, asTemplate, { shop: 'a' }), variables: { shop: 'a' } }
  const now = { values: templateValues(provider, other, { shop: 'b' }), variables: { shop: 'b' } }
  expect(withTemplate(provider, now, [other, asTemplate], left).hosts).toEqual(['https://b.example.com'])
})
