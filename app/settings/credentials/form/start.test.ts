import { expect, it } from 'vitest'
import type { Credential, Draft } from '../words'
import { startOfDraft } from './start'

const tested = {
  type: 'bearer',
  name: 'ERP',
  provider: null,
  environment: 'live',
  hosts: ['https://erp.example.com'],
  test: { method: 'GET', url: 'https://erp.example.com/me', good: [] },
  expires_at: null,
} as const
const draftOf = (changed_fields: string[] | null) =>
  ({
    id: 'draft_1',
    form: { ...tested, name: 'ERP of ours' },
    changed_fields,
    secret_set_at: {},
    last_test: { result: 'good', detail: '', at: '2026-01-01T00:00:00.000Z' },
    connection: null,
  }) as unknown as Draft

it('shows of a draft what it changes, and for the rest what others have saved since', () => {
  const since = { ...tested, name: 'Renamed since', hosts: ['https://erp.example.com', 'https://b.example.com'] }
  const { values, lastResult } = startOfDraft(draftOf(['name']), since as unknown as Credential)
  expect(values).toMatchObject({ name: 'ERP of ours', hosts: since.hosts })
  expect(lastResult).toBeNull()
})

it.each([
  ['nothing that is sent was changed since', ['name'], { ...tested, expires_at: '2099-01-01T00:00:00.000Z' }],
  ['nobody has noted what it changes', null, { ...tested, hosts: ['https://b.example.com'] }],
  ['it is a new credential', null, null],
] as const)('shows a draft as it was tested, with what was found, where %s', (_, changed, edited) => {
  const draft = draftOf(changed && [...changed])
  const { values, lastResult } = startOfDraft(draft, edited as unknown as Credential | null)
  expect(values).toMatchObject({ name: 'ERP of ours', hosts: tested.hosts })
  expect(lastResult).toBe('good')
})
