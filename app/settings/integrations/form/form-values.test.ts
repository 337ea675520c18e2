import { expect, it } from 'vitest'
import { integrationForm } from '@/lib/integrations'
import type { Integration } from '../words'
import { emptyValues, formField, inputOf, rowOf, valuesOf } from './form-values'

const integration: Integration = {
  id: 'int_019ab0c1d2e37f4a8b5c6d7e8f901234',
  environment: 'test',
  name: 'Shipping labels',
  slug: 'shipping-labels',
  credential: { id: 'cred_019ab0c1d2e37f4a8b5c6d7e8f901234', name: 'Shippo', type: 'oauth2' },
  base_url: 'https://api.example.com/v1',
  methods: ['GET', 'POST'],
  paths: ['/orders/**'],
  headers: [{ name: 'Accept-Version', value: '2' }],
  timeout_ms: 1500,
  state: 'paused',
  failing_since: null,
  expired_token: { statuses: [403, 419], json: { path: 'error.code', equals: 'expired' } },
  created_at: '2026-03-01T09:30:00.000Z',
  created_by: { type: 'user', id: null, name: 'Hanna' },
  updated_at: '2026-03-01T09:30:00.000Z',
}

it('shows an integration so that saving it unchanged changes nothing', () => {
  const input = inputOf(valuesOf(integration), true)
  const { id: _, credential, failing_since, created_at, created_by, updated_at, ...fields } = integration
  expect(integrationForm.parse(input)).toEqual({ ...fields, credential_id: credential?.id })
})

it('says nothing of expired tokens where there are none', () => {
  expect(inputOf(valuesOf(integration), false).expired_token).toBeNull()
  expect(inputOf(emptyValues, true).expired_token).toBeNull()
})

it('leaves out rows that were left empty, and finds the others again', () => {
  const values = {
    ...emptyValues,
    paths: [rowOf(' '), rowOf('/orders')],
    headers: [rowOf({ name: '', value: '' }), rowOf({ name: 'A', value: '' })],
  }
  const input = inputOf(values, false)
  expect(input.paths).toEqual(['/orders'])
  expect(input.headers).toEqual([{ name: 'A', value: '' }])
  expect(formField(values, 'paths.0')).toBe('paths.1')
  expect(formField(values, 'headers.0.value')).toBe('headers.1.value')
  expect(formField(values, 'headers')).toBe('headers')
  expect(formField(values, 'name')).toBe('name')
})

it.each(['', 'soon'])('takes “%s” for no timeout at all', (timeoutSeconds) => {
  expect(integrationForm.safeParse(inputOf({ ...emptyValues, timeoutSeconds }, false)).error?.issues).toContainEqual(
    expect.objectContaining({ path: ['timeout_ms'] }),
  )
})
