import type { Integration } from '../words'
import { allMethods } from '../words'

/** A row of a list in the form: its id lets it be told from its neighbours while rows come and go. */
export interface Row<Value> {
  id: string
  value: Value
}

export interface Header {
  name: string
  value: string
}

/** What stands in the form, as it was typed. */
export interface FormValues {
  environment: Integration['environment']
  name: string
  slug: string
  credentialId: string
  baseUrl: string
  methods: ReadonlySet<string>
  paths: readonly Row<string>[]
  headers: readonly Row<Header>[]
  timeoutSeconds: string
  state: Integration['state']
  expiredStatuses: string
  expiredPath: string
  expiredEquals: string
}

let rows = 0

export function rowOf<Value>(value: Value): Row<Value> {
  rows += 1
  return { id: `row-${rows}`, value }
}

export const emptyValues: FormValues = {
  environment: 'live',
  name: '',
  slug: '',
  credentialId: '',
  baseUrl: '',
  methods: new Set(allMethods.filter((method) => method !== 'OPTIONS')),
  paths: [],
  headers: [],
  timeoutSeconds: '30',
  state: 'enabled',
  expiredStatuses: '',
  expiredPath: '',
  expiredEquals: '',
}

/** An integration as the form shows it. */
export function valuesOf(integration: Integration): FormValues {
  const { expired_token } = integration
  return {
    environment: integration.environment,
    name: integration.name,
    slug: integration.slug,
    credentialId: integration.credential?.id ?? '',
    baseUrl: integration.base_url,
    methods: new Set(integration.methods),
    paths: integration.paths.map(rowOf),
    headers: integration.headers.map(rowOf),
    timeoutSeconds: String(integration.timeout_ms / 1000),
    state: integration.state,
    expiredStatuses: expired_token?.statuses.join(', ') ?? '',
    expiredPath: expired_token?.json?.path ?? '',
    expiredEquals: expired_token?.json?.equals ?? '',
  }
}

/**
 * The form as the API's schema takes it, without rows that were left empty.
 * @param isOAuth2 of other types, nothing is said of expired tokens
 */
export function inputOf(values: FormValues, isOAuth2: boolean): Record<string, unknown> {
  return {
    environment: values.environment,
    name: values.name,
    slug: values.slug,
    credential_id: values.credentialId,
    base_url: values.baseUrl,
    methods: [...values.methods],
    paths: filledPaths(values).map(({ value }) => value.trim()),
    headers: filledHeaders(values).map(({ value }) => value),
    timeout_ms: values.timeoutSeconds.trim() === '' ? Number.NaN : Math.round(Number(values.timeoutSeconds) * 1000),
    state: values.state,
    expired_token: isOAuth2 ? expiredTokenOf(values) : null,
  }
}

/** A problem's field with the numbers of the rows as they stand in the form, where empty ones count too. */
export function formField(values: FormValues, field: string): string {
  const [list, index, ...rest] = field.split('.')
  const position = Number(index)
  if (list === 'paths' && filledPaths(values)[position]) {
    return ['paths', values.paths.indexOf(filledPaths(values)[position] as Row<string>), ...rest].join('.')
  }
  if (list === 'headers' && filledHeaders(values)[position]) {
    return ['headers', values.headers.indexOf(filledHeaders(values)[position] as Row<Header>), ...rest].join('.')
  }
  return field
}

function filledPaths({ paths }: FormValues): Row<string>[] {
  return paths.filter(({ value }) => value.trim() !== '')
}

function filledHeaders({ headers }: FormValues): Row<Header>[] {
  return headers.filter(({ value }) => value.name.trim() !== '' || value.value.trim() !== '')
}

function expiredTokenOf({ expiredStatuses, expiredPath, expiredEquals }: FormValues) {
  const statuses = expiredStatuses.split(/[\s,;]+/).filter((text) => text !== '')
  const path = expiredPath.trim()
  const json = path === '' && expiredEquals === '' ? null : { path, equals: expiredEquals }
  return statuses.length === 0 && !json ? null : { statuses: statuses.map(Number), json }
}
