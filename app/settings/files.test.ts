import { beforeEach, expect, it, vi } from 'vitest'
import { Refusal, type RefusalCode } from '@/lib/errors'
import { answerExport } from './files'

// Who asks is the business of `app/session`, whose own tests have the real one.
const requireActor = vi.hoisted(() => vi.fn())
vi.mock('@/app/session', () => ({ requireActor }))

beforeEach(() => {
  requireActor.mockResolvedValue({ accountId: 'acc_1' })
})
async function* pieces() {
  yield 'id,name\r\n'
  yield 'key_1,Sync\r\n'
}
const make = vi.fn(async () => pieces())
const ask = (query: string, method = 'GET') =>
  answerExport(
    new Request(`http://localhost/settings/api-keys/export${query}`, { method }),
    'keys:read',
    'api-keys',
    make,
  )

it('answers with a file that is kept nowhere in between', async () => {
  const answer = await ask('?format=csv')
  expect(answer.status).toBe(200)
  expect(Object.fromEntries(answer.headers)).toEqual({
    'cache-control': 'no-store',
    'content-disposition': 'attachment; filename="api-keys.csv"',
    'content-type': 'text/csv; charset=utf-8',
    'x-content-type-options': 'nosniff',
  })
  expect(await answer.text()).toBe('id,name\r\nkey_1,Sync\r\n')
})

it('answers HEAD as GET but makes nothing, since nothing is given out', async () => {
  make.mockClear()
  const [get, head] = [await ask('?format=csv'), await ask('?format=csv', 'HEAD')]
  expect([head.status, [...head.headers], head.body]).toEqual([200, [...get.headers], null])
  expect(make).toHaveBeenCalledOnce()
  expect((await ask('', 'HEAD')).status).toBe(400)
})

it.each<[code: RefusalCode, status: number]>([
  ['not_signed_in', 401],
  ['forbidden', 403],
  ['second_factor_required', 403],
  ['not_found', 404],
])('refused as %s, it answers %s with the words', async (code, status) => {
  requireActor.mockRejectedValue(new Refusal(code, 'No.'))
  const answer = await ask('?format=csv')
  expect([answer.status, await answer.text(), answer.headers.get('cache-control')]).toEqual([
    status,
    'No.\n',
    'no-store',
  ])
})

it.each(['', '?format=xlsx'])('asked with “%s”, it names the field and the rule, and makes nothing', async (query) => {
  make.mockClear()
  const answer = await ask(query)
  expect(answer.status).toBe(400)
  expect(await answer.text()).toBe('format must be csv or json.\n')
  expect(make).not.toHaveBeenCalled()
})
