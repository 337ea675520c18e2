import { expect, it } from 'vitest'
import { consentOutcomes } from '@/db/schema'
import { endHref } from './paths'
import { endWords, refusalWords } from './words'

const ended = (state: Parameters<typeof endWords>[0]['state'], detail: string | null = null) =>
  endWords({ state, detail, accounts: null })

it('has words for each end, which say whether anything was changed', () => {
  for (const outcome of consentOutcomes) {
    const { text } = ended(outcome) ?? expect.fail(outcome)
    const isDone = outcome === 'connected' || outcome === 'replaced'
    expect(text, outcome).toMatch(isDone ? /has its tokens/ : /Nothing was (changed|replaced)/)
  }
  expect(ended('pending')).toBeNull()
})

it('names the account, and what the provider said', () => {
  expect(endWords({ state: 'connected', detail: null, accounts: { before: null, now: 'shop-1' } })?.title).toBe(
    'Connected as shop-1',
  )
  expect(ended('denied', 'access_denied: “No.”')?.text).toMatch(/ It said: access_denied: “No.”$/)
  expect(ended('denied', 'access_denied')?.text).toMatch(/ It said: access_denied$/)
  expect(ended('failed', 'The service came back without a code.')?.text).toMatch(
    /changed\. The service came back without a code\.$/,
  )
})

it.each(['forged', 'expired', 'replayed', 'foreign', 'not_signed_in', 'forbidden', 'failed'])(
  'says why a callback was none: %s',
  (reason) => {
    expect(refusalWords(reason)?.title).toBeTruthy()
  },
)

it('says of another account only that it may be one, where nobody tells', () => {
  const title = (now: string | null) =>
    endWords({ state: 'other_account', detail: null, accounts: { before: 'shop-1', now } })?.title
  expect([title('shop-2'), title(null)]).toEqual([
    'Another account has come back',
    'Another account may have come back',
  ])
})

it('says nothing of what an address made up', () => {
  for (const reason of ['', 'constructor', '__proto__', '<script>']) expect(refusalWords(reason)).toBeNull()
})

it('leads from a pop-up to its last page, and else to what was connected', () => {
  const of = { id: 'oas_1', ownerId: 'cred_1', credentialId: 'cred_1' }
  expect(endHref({ ...of, display: 'popup' })).toBe('/oauth/ended?consent=oas_1')
  expect(endHref({ ...of, display: 'page' })).toBe('/settings/credentials/cred_1?consent=oas_1')
  expect(endHref({ ...of, ownerId: 'draft_1', display: 'page' })).toBe(
    '/settings/credentials/cred_1/edit?draft=draft_1&consent=oas_1',
  )
  expect(endHref({ ...of, ownerId: 'draft_1', credentialId: null, display: 'page' })).toBe(
    '/settings/credentials/new?draft=draft_1&consent=oas_1',
  )
})
