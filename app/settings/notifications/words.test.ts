import { expect, it } from 'vitest'
import { sampleFacts } from '@/emails/samples'
import { eventKinds, type NoticeView, type OpenTrouble } from '@/lib/notifications'
import { kindNames, noticeWords, troubleWords } from './words'

const CREATED_AT = new Date('2026-03-06T09:00:00Z')
const notice = (kind: (typeof eventKinds)[number], count: number) =>
  ({ kind, count, subjectId: 'x_1', data: sampleFacts[kind], createdAt: CREATED_AT }) as unknown as NoticeView

/** Those about a key or a credential; the monthly review is about the account. */
const ofSubjects = eventKinds.filter((kind) => kind !== 'review.digest')

it.each(ofSubjects)('a notice of %s says what it is about and leads there', (kind) => {
  const { title, href } = noticeWords(notice(kind, 1), 'MercadoLibre')
  expect(title).toContain(sampleFacts[kind].name)
  expect(href).toContain('/x_1')
  expect(kindNames[kind].name).not.toBe('')
})

it.each(ofSubjects)('a notice of many of %s counts them and leads to their list', (kind) => {
  const { title, href } = noticeWords(notice(kind, 1_500), 'MercadoLibre')
  expect(title).toContain('1,500')
  expect(title).not.toContain(sampleFacts[kind].name)
  expect(href).not.toContain('x_1')
})

it('a notice of the monthly review counts what it finds, and leads to where there is something', () => {
  expect(noticeWords(notice('review.digest', 1), null)).toMatchObject({
    title: '14 API keys and 1 credential to review',
    href: '/settings/api-keys/review',
  })
  const data = { ...sampleFacts['review.digest'], keys: 0 }
  const ofCredentials = { ...notice('review.digest', 1), data } as NoticeView
  expect(noticeWords(ofCredentials, null)).toMatchObject({
    title: '1 credential to review',
    href: '/settings/credentials/review',
  })
})

it('what has to be re-authorized leads straight to it, and says why', () => {
  const { href, detail } = noticeWords(notice('credential.reauthorization_required', 1), null)
  expect(href).toBe('/settings/credentials/x_1?reauthorize=1')
  expect(detail).toBe('Reason: invalid_grant: The refresh token was revoked by the user')
})

it('a notice of keys says by whom, unless they are several, which may be by several', () => {
  expect(noticeWords(notice('api_key.created', 1), null).detail).toBe(`By ${sampleFacts['api_key.created'].by}`)
  expect(noticeWords(notice('api_key.created', 2), null).detail).toBeNull()
})

it.each(['api_key.leaked', 'webhook.disabled'] as const)(
  'a notice of %s says what became of it, unless they are several, of which each met with something else',
  (kind) => {
    expect(noticeWords(notice(kind, 1), null).detail).not.toBeNull()
    expect(noticeWords(notice(kind, 2), null).detail).toBeNull()
  },
)

it('a banner says whether calls fail already', () => {
  const kind = 'credential.reauthorization_required'
  const trouble = { kind, trouble: 'renewal', data: sampleFacts[kind] } as OpenTrouble
  const [before, after] = [new Date('2026-03-06T21:00:00Z'), new Date('2026-03-06T22:00:00Z')]
  expect(troubleWords(trouble, before).text).toMatch(/^Calls work until the present token ends\./)
  expect(troubleWords(trouble, after).text).toMatch(/^Calls fail until then\./)
})

it.each(['credential.expiring', 'api_key.expiring'] as const)(
  'a notice of %s says how many days were left, not which warning it is',
  (kind) => {
    const titleOf = (expiresAt: string, daysLeft: number) => {
      const data = { ...sampleFacts[kind], expiresAt, daysLeft }
      return noticeWords({ ...notice(kind, 1), data } as NoticeView, null).title
    }
    expect(titleOf('2026-03-13T08:59:00Z', 7)).toMatch(/ in 7 days$/)
    expect(titleOf('2026-03-08T10:00:00Z', 7)).toMatch(/ in 3 days$/)
    expect(titleOf('2026-03-06T11:00:00Z', 1)).toMatch(/ in 1 day$/)
    // A later warning was added to a notice whose mail could not leave.
    expect(titleOf('2026-03-19T09:00:00Z', 3)).toMatch(/ in 3 days$/)
  },
)

it('a notice of several idle keys speaks of several', () => {
  expect(noticeWords(notice('api_key.idle', 1), null).detail).toBe('Nobody uses it. Any use keeps it.')
  expect(noticeWords(notice('api_key.idle', 3), null).detail).toBe('Nobody uses them. Any use of one keeps it.')
})
