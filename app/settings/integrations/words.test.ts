import { expect, it } from 'vitest'
import { typeNames as ofTheDomain } from '@/lib/credentials'
import { methods } from '@/lib/integrations/schemas'
import { allMethods, hostOf, isOnHosts, latencyText, methodsText, secondsText, sizeText, typeNames } from './words'

it('offers the methods that the schema takes, in its order', () => {
  expect(allMethods).toEqual(methods)
})

it('calls the types of credentials as the rest of the product does', () => {
  expect(typeNames).toEqual(ofTheDomain)
})

it.each([
  ['https://api.example.com/v1', 'api.example.com'],
  ['http://localhost:8080', 'localhost:8080'],
  ['not an address', 'not an address'],
])('the host of %s is %s', (address, host) => expect(hostOf(address)).toBe(host))

it.each([
  ['https://api.example.com/v1', true],
  ['https://API.example.com:443', true],
  ['http://api.example.com', false],
  ['https://api.example.com.evil.test', false],
  ['api.example.com', false],
])('%s is on the host: %s', (address, is) => expect(isOnHosts(address, ['https://api.example.com'])).toBe(is))

it.each([
  [0, '0 ms', '0 s'],
  [84, '84 ms', '0.084 s'],
  [1500, '1.5 s', '1.5 s'],
  [30_000, '30 s', '30 s'],
])('%s ms', (ms, latency, seconds) => {
  expect(latencyText(ms)).toBe(latency)
  expect(secondsText(ms)).toBe(seconds)
})

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1234, '1.2 kB'],
  [5_000_000_000_000, '5,000 GB'],
])('%s bytes are %s', (bytes, text) => expect(sizeText(bytes)).toBe(text))

it('names a few methods, and counts the rest of many', () => {
  expect(methodsText(['GET', 'POST'])).toBe('GET, POST')
  expect(methodsText(allMethods)).toBe('GET, HEAD, POST and 4 more')
})
