import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useConfiguration } from '@/test/runtime'
import { getRuntime, setRuntime } from '../runtime'
import { deviceCookie, issueDevice, recognizeDevice } from './device'

const EMAIL = 'hanna@example.com'

beforeEach(() => {
  useConfiguration()
})
afterEach(() => {
  vi.useRealTimers()
  setRuntime(undefined)
})

it('is known for the person who signed in with it, by an id that stays', () => {
  const cookie = issueDevice(EMAIL)
  const id = recognizeDevice(cookie, EMAIL)
  expect(id).toMatch(/^[\w-]{22}$/)
  expect(recognizeDevice(cookie, EMAIL)).toBe(id)
  expect(recognizeDevice(issueDevice(EMAIL), EMAIL)).not.toBe(id)
})

it('is not known for anybody else, nor when it is forged, altered, or of another server', () => {
  const cookie = issueDevice(EMAIL)
  const [id, expires, signature] = cookie.split('.') as [string, string, string]
  expect(recognizeDevice(cookie, 'other@example.com')).toBeNull()
  expect(recognizeDevice(`${id}.${Number(expires) + 1}.${signature}`, EMAIL)).toBeNull()
  expect(recognizeDevice(`x${id}.${expires}.${signature}`, EMAIL)).toBeNull()
  expect(recognizeDevice(`${id}.${expires}.`, EMAIL)).toBeNull()
  expect(recognizeDevice(`${id}.${expires}.${signature}x`, EMAIL)).toBeNull()
  expect(recognizeDevice(undefined, EMAIL)).toBeNull()
  expect(recognizeDevice('', EMAIL)).toBeNull()
  getRuntime().authSecret += 'x'
  expect(recognizeDevice(cookie, EMAIL)).toBeNull()
})

it('is known for 180 days', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 0 })
  const cookie = issueDevice(EMAIL)
  vi.setSystemTime(180 * 86_400_000 - 1000)
  expect(recognizeDevice(cookie, EMAIL)).not.toBeNull()
  vi.setSystemTime(180 * 86_400_000)
  expect(recognizeDevice(cookie, EMAIL)).toBeNull()
})

it('is known for each of those who share the browser, whoever signed in last', () => {
  const hanna = issueDevice(EMAIL)
  const both = issueDevice('abdi@example.com', undefined, hanna)
  expect(recognizeDevice(both, EMAIL)).toBe(recognizeDevice(hanna, EMAIL))
  expect(recognizeDevice(both, 'abdi@example.com')).toMatch(/^[\w-]{22}$/)
})

it('keeps one note of each person, of five people at most, and nothing that is no note', () => {
  let cookie = issueDevice(EMAIL, undefined, 'nonsense~<b>.1.x')
  expect(cookie).not.toContain('nonsense')
  const id = recognizeDevice(cookie, EMAIL) as string
  cookie = issueDevice(EMAIL, id, cookie)
  expect([cookie.split('~').length, recognizeDevice(cookie, EMAIL)]).toEqual([1, id])
  for (let person = 1; person <= 5; person++) cookie = issueDevice(`person${person}@example.com`, undefined, cookie)
  expect(cookie.split('~')).toHaveLength(5)
  expect(recognizeDevice(cookie, EMAIL)).toBeNull()
  expect(recognizeDevice(cookie, 'person1@example.com')).not.toBeNull()
})

it('says nothing of the person', () => {
  expect(issueDevice(EMAIL)).not.toContain('hanna')
})

it('is a cookie that scripts cannot read, and that only this host can set over https', () => {
  expect(deviceCookie('https://fenicia.example.com')).toEqual({
    name: '__Host-fenicia_device',
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure: true, maxAge: 180 * 86_400 },
  })
  expect(deviceCookie('http://localhost:3000')).toMatchObject({ name: 'fenicia_device', options: { secure: false } })
})
