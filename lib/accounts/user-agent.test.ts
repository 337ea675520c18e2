import { expect, it } from 'vitest'
import { browserName } from './user-agent'

const APPLE = 'AppleWebKit/537.36 (KHTML, like Gecko)'

it.each([
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${APPLE} Chrome/142.0.0.0 Safari/537.36`, 'Chrome, Windows'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${APPLE} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0`, 'Edge, Windows'],
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${APPLE} Chrome/142.0.0.0 Safari/537.36`, 'Chrome, ChromeOS'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${APPLE} Chrome/142.0 Safari/537.36 OPR/120.0.0.0`, 'Opera, Linux'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox, macOS'],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15',
    'Safari, macOS',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0 Mobile/15E148 Safari/604.1',
    'Chrome, iOS',
  ],
  [
    `Mozilla/5.0 (Linux; Android 15; SM-S931B) ${APPLE} SamsungBrowser/28.0 Chrome/130 Safari/537.36`,
    'Samsung Internet, Android',
  ],
  ['curl/8.5.0', null],
  ['You have won: call +1 555 0100', null],
  ['', null],
  [null, null],
])('of %s it is said that it is %s', (userAgent, name) => {
  expect(browserName(userAgent)).toBe(name)
})
