import { expect, it } from 'vitest'
import { type HostVerdict, isOwnOrigin, judgeHost } from './host'

const LOCAL = 'http://localhost:3000'
const PUBLIC = 'https://fenicia.example.com'

it.each<[host: string | null, url: string, HostVerdict]>([
  ['localhost:3000', LOCAL, 'served'],
  ['127.0.0.1:3000', LOCAL, 'served'],
  ['[::1]:3000', LOCAL, 'served'],
  // Through a tunnel, or another port of a container.
  ['localhost:8080', LOCAL, 'served'],
  ['192.168.1.20:3000', LOCAL, 'served'],
  [null, LOCAL, 'served'],
  ['rebound.evil.example:3000', LOCAL, 'refused'],
  ['localhost.evil.example', LOCAL, 'refused'],
  ['127.0.0.1.evil.example', LOCAL, 'refused'],
  ['127.0.0.1:3000@evil.example', LOCAL, 'refused'],
  ['fenicia.example.com', PUBLIC, 'served'],
  ['FENICIA.example.com', PUBLIC, 'served'],
  // What a reverse proxy writes that does not pass the host on.
  ['127.0.0.1:3000', PUBLIC, 'served'],
  ['old-name.example.com', PUBLIC, 'elsewhere'],
  ['fenicia.example.com.evil.example', PUBLIC, 'elsewhere'],
  ['fenicia.example.com:8443', PUBLIC, 'elsewhere'],
  // As nginx passes it on with `$host:$server_port`.
  ['fenicia.example.com:443', PUBLIC, 'served'],
  ['Fenicia.example.com:443', PUBLIC, 'served'],
  ['fenicia.example.com:80', PUBLIC, 'elsewhere'],
  ['fenicia.example.com:80', 'http://fenicia.example.com', 'served'],
  ['fenicia.example.com:443', 'http://fenicia.example.com', 'elsewhere'],
  ['fenicia.example.com:443', `${PUBLIC}:8443`, 'elsewhere'],
  ['fenicia.example.com:8443:443', `${PUBLIC}:8443`, 'elsewhere'],
])('host %s at %s is %s', (host, url, verdict) => {
  expect(judgeHost(host, url)).toBe(verdict)
})

it.each<[origin: string | null, host: string, url: string, own: boolean]>([
  ['http://localhost:3000', 'localhost:3000', LOCAL, true],
  ['http://127.0.0.1:3000', '127.0.0.1:3000', LOCAL, true],
  ['https://fenicia.example.com', 'fenicia.example.com', PUBLIC, true],
  ['https://fenicia.example.com', '127.0.0.1:3000', PUBLIC, true],
  // Programs send none; they have no cookies of somebody else's.
  [null, 'localhost:3000', LOCAL, true],
  ['https://evil.example', 'localhost:3000', LOCAL, false],
  ['http://localhost:4000', 'localhost:3000', LOCAL, false],
  ['http://localhost:3000.evil.example', 'localhost:3000', LOCAL, false],
  ['http://fenicia.example.com', '127.0.0.1:3000', PUBLIC, false],
  ['null', 'localhost:3000', LOCAL, false],
  ['', 'localhost:3000', LOCAL, false],
])('a change asked for by a page of %s at host %s of %s is ours: %s', (origin, host, url, own) => {
  expect(isOwnOrigin(origin, host, url)).toBe(own)
})
