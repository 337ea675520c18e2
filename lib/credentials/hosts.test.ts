import { expect, it } from 'vitest'
import { addedHosts } from './hosts'
import type { CredentialForm } from './schemas'

it('takes an endpoint that is no address for one that no secret was saved for', () => {
  const savedFor = { hosts: [], tokenOrigin: 'https://auth.example.com', revocationOrigin: null }
  const form = (token_url: string) =>
    ({ type: 'oauth2', hosts: [], test: null, token_url }) as unknown as CredentialForm
  expect(addedHosts(form('https://auth.example.com/token'), savedFor)).toEqual([])
  expect(addedHosts(form('no address'), savedFor)).toEqual(['no address'])
})
