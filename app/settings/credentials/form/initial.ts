import type { Environment } from '@/lib/api-keys'
import type { CredentialType } from '@/lib/credentials'
import type { CredentialTemplate } from '@/lib/credentials/catalogue'
// Not from the index, which has the whole catalogue.
import { variablesOf } from '@/lib/credentials/catalogue/variables'
import type { Credential } from '../words'
import type { FormValues } from './input'

/** The fields of a credential that are not secret, as the API and a draft's form have them. */
export type ShownForm = Pick<Credential, 'type' | 'name' | 'provider' | 'hosts' | 'test'> &
  Partial<
    Pick<
      Credential,
      | 'environment'
      | 'placement'
      | 'headers'
      | 'grant'
      | 'token_url'
      | 'client_id'
      | 'client_authentication'
      | 'scopes'
      | 'audience'
      | 'parameters'
      | 'authorization_url'
      | 'issuer'
      | 'revocation_url'
      | 'authorization_parameters'
      | 'expires_at'
    >
  >

/** A form with nothing in it, for a service that is not in the catalogue. */
export function emptyValues(type: CredentialType = 'api_key'): FormValues {
  return {
    environment: 'live',
    type,
    provider: null,
    name: '',
    hosts: [],
    test: { method: 'GET', url: '', good: '' },
    expiresAt: null,
    placement: { in: 'header', name: '', prefix: '' },
    headers: [{ id: 0, name: '' }],
    grant: 'client_credentials',
    tokenUrl: '',
    clientId: '',
    clientAuthentication: 'basic',
    scopes: '',
    audience: '',
    parameters: [],
    authorizationUrl: '',
    issuer: '',
    revocationUrl: '',
    authorizationParameters: [],
    tokenPlacement: { name: 'Authorization', prefix: 'Bearer ' },
    accessTokenEnds: '',
    secret: {},
  }
}

/** A form as it was stored, or tested; its secrets are not in it. */
export function valuesOf(form: ShownForm): FormValues {
  const empty = emptyValues(form.type)
  return {
    ...empty,
    environment: form.environment ?? empty.environment,
    provider: form.provider,
    name: form.name,
    hosts: form.hosts,
    test: form.test ? { ...form.test, good: form.test.good.join(', ') } : empty.test,
    expiresAt: form.expires_at ?? null,
    placement: form.type === 'api_key' && form.placement ? form.placement : empty.placement,
    headers: form.headers?.map((name, id) => ({ id, name })) ?? empty.headers,
    grant: form.grant ?? empty.grant,
    tokenUrl: form.token_url ?? '',
    clientId: form.client_id ?? '',
    clientAuthentication: form.client_authentication ?? empty.clientAuthentication,
    scopes: form.scopes?.join(' ') ?? '',
    audience: form.audience ?? '',
    parameters: form.parameters?.map((parameter, id) => ({ id, ...parameter })) ?? [],
    authorizationUrl: form.authorization_url ?? '',
    issuer: form.issuer ?? '',
    revocationUrl: form.revocation_url ?? '',
    authorizationParameters: form.authorization_parameters?.map((parameter, id) => ({ id, ...parameter })) ?? [],
    tokenPlacement:
      form.type === 'oauth2' && form.placement
        ? { name: form.placement.name, prefix: form.placement.prefix }
        : empty.tokenPlacement,
  }
}

/** What the form needs of a provider of the catalogue. */
export interface FormProvider {
  id: string
  name: string
  monogram: string
  variables: { name: string; label: string; example: string; pattern: string }[]
  templates: Pick<CredentialTemplate, 'label' | 'isSandbox' | 'settings' | 'hosts' | 'test' | 'hint'>[]
}

/**
 * The template to go on with when another environment is chosen: the provider's sandbox for test, and back.
 * @param index of the one that is chosen
 */
export function templateFor(provider: FormProvider | null, index: number, environment: Environment): number {
  const fits = (isSandbox: boolean | undefined) => (isSandbox ?? false) === (environment === 'test')
  const templates = provider?.templates ?? []
  if (fits(templates[index]?.isSandbox)) return index
  const found = templates.findIndex(({ isSandbox }) => fits(isSandbox))
  return found === -1 ? index : found
}

/** A provider as one of its templates needs it: the others' variables are not asked for. */
export function withVariablesOf(provider: FormProvider | null, template: number): FormProvider | null {
  const chosen = provider?.templates[template]
  return provider && chosen ? { ...provider, variables: variablesOf(provider.variables, chosen) } : provider
}

/** Values of a provider's variables, by name. */
export type Variables = Record<string, string>

/** A form as a template begins it. */
export function templateValues(
  provider: Pick<FormProvider, 'id' | 'name'>,
  { settings, hosts, test }: FormProvider['templates'][number],
  variables: Variables,
  environment: Environment = 'live',
): FormValues {
  const values = valuesOf({ ...settings, environment, provider: provider.id, name: provider.name, hosts, test })
  return refilled(values, { hosts, test, settings }, null, variables)
}

/** A form as one of its provider's templates was left for another. */
export interface LeftForm {
  values: FormValues
  variables: Variables
}

/**
 * A form that goes on with another template of its provider. What both begin alike stays as it was typed, and so do the client
 * and the secrets, by their names. Between production and sandbox neither those change places nor any address.
 * @param left the form as the other template was left before; it gives back what stayed behind then
 */
export function withTemplate(
  provider: Pick<FormProvider, 'id' | 'name'>,
  { values, variables }: LeftForm,
  [from, to]: [from: FormProvider['templates'][number], to: FormProvider['templates'][number]],
  left: LeftForm | undefined,
): FormValues {
  const begun = (template: typeof to) => templateValues(provider, template, variables, values.environment)
  const behind = left ? refilled(left.values, to, left.variables, variables) : begun(to)
  const together = goneOver(begun(from), values, begun(to), behind)
  if (from.isSandbox === to.isSandbox) return { ...together, ...clientOf(values) }
  return { ...together, ...clientOf(behind), ...addressesOf(behind), test: { ...together.test, url: behind.test.url } }
}

function clientOf({ clientId, secret, expiresAt, accessTokenEnds }: FormValues) {
  return { clientId, secret, expiresAt, accessTokenEnds }
}

function addressesOf({ hosts, tokenUrl, authorizationUrl, issuer, revocationUrl }: FormValues) {
  return { hosts, tokenUrl, authorizationUrl, issuer, revocationUrl }
}

/** Of each part that begins alike, what was typed; of each other one, what was left behind. */
function goneOver<Part>(from: Part, typed: Part, to: Part, behind: Part): Part {
  if (JSON.stringify(from) === JSON.stringify(to)) return typed
  if (!isRecord(from) || !isRecord(typed) || !isRecord(to) || !isRecord(behind)) return behind
  const part = (name: string) => goneOver(from[name], typed[name], to[name], behind[name])
  return Object.fromEntries(Object.keys(to).map((name) => [name, part(name)])) as Part
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

type Addresses = Pick<FormProvider['templates'][number], 'hosts' | 'test' | 'settings'>

/** The form after its variables have changed: what was edited by hand stays as it is. */
export function refilled(
  values: FormValues,
  template: Addresses,
  before: Variables | null,
  after: Variables,
): FormValues {
  const refill = (text: string, original: string) =>
    before === null || text === filled(original, before) ? filled(original, after) : text
  const hosts = template.hosts.map((host) => filled(host, after))
  const isUntouched =
    before === null || values.hosts.join() === template.hosts.map((host) => filled(host, before)).join()
  return {
    ...values,
    hosts: isUntouched ? hosts : values.hosts,
    test: { ...values.test, url: refill(values.test.url, template.test?.url ?? '') },
    ...(template.settings.type === 'oauth2'
      ? {
          tokenUrl: refill(values.tokenUrl, template.settings.token_url),
          authorizationUrl: refill(values.authorizationUrl, template.settings.authorization_url ?? ''),
          issuer: refill(values.issuer, template.settings.issuer ?? ''),
          revocationUrl: refill(values.revocationUrl, template.settings.revocation_url ?? ''),
        }
      : {}),
  }
}

/** An address with the variables that have a value put in. */
function filled(address: string, variables: Variables): string {
  return Object.entries(variables).reduce(
    (text, [name, value]) => (value === '' ? text : text.replaceAll(`{${name}}`, value)),
    address,
  )
}

/** What a person pastes for a part of an address, without what stands around it there. */
export function variableText(text: string): string {
  return text
    .trim()
    .replace(/^https?:\/\//i, '')
    .replace(/\/+$/, '')
}

/** What is wrong with the variables, by their paths in the form. */
export function variableProblems(provider: FormProvider | null, variables: Variables): Record<string, string> {
  const problems: Record<string, string> = {}
  for (const { name, label, example, pattern } of provider?.variables ?? []) {
    const value = variables[name] ?? ''
    if (value === '') problems[`variables.${name}`] = `“${label}” is required, such as ${example}.`
    else if (!new RegExp(`^(?:${pattern})$`).test(value)) {
      problems[`variables.${name}`] = `This does not fit into the address. Enter it as in ${example}.`
    }
  }
  return problems
}
