import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { gzippedKb, scriptAddresses, Visit } from './browser.mjs'

const html = `<!DOCTYPE html><html><head>
<link rel="stylesheet" href="/_next/static/chunks/style.css"/>
<link rel="preload" as="script" fetchPriority="low" href="/_next/static/chunks/runtime.js"/>
<link rel="modulepreload" href="/_next/static/chunks/module.js?dpl=1&amp;x=2"/>
<link rel="preload" as="font" href="/_next/static/media/geist.woff2"/>
<script src="/_next/static/chunks/main.js" async="" nonce="x"></script>
<script src="/_next/static/chunks/polyfills.js" noModule="" nonce="x"></script>
</head><body><script nonce="x">(self.__next_f=self.__next_f||[]).push([0])</script>
<script nonce="x">self.__next_f.push([1,"3:I[51,[\\"/_next/static/chunks/main.js\\",\\"/_next/static/chunks/list.js\\"],\\"default\\"]\\n4:I[7,[\\"static/chunks/dialog.js\\"],\\"\\"]"])</script>
<script src="/_next/static/chunks/runtime.js" async=""></script></body></html>`

test('every script of a page is found once, wherever it is named, and nothing else', () => {
  expect(scriptAddresses(html).sort()).toEqual([
    '/_next/static/chunks/dialog.js',
    '/_next/static/chunks/list.js',
    '/_next/static/chunks/main.js',
    '/_next/static/chunks/module.js?dpl=1&x=2',
    '/_next/static/chunks/runtime.js',
  ])
})

let stop = () => {}
afterEach(() => stop())

/** A site that knows one person, as next-auth does. */
async function site(page: string): Promise<string> {
  const server = createServer(async (request, response) => {
    const cookies = request.headers.cookie ?? ''
    if (request.url === '/api/auth/csrf') {
      response.setHeader('set-cookie', 'csrf=1; Path=/; HttpOnly').end(JSON.stringify({ csrfToken: 't' }))
    } else if (request.method === 'POST') {
      let body = ''
      for await (const chunk of request) body += chunk
      const isRight = new URLSearchParams(body).get('password') === 'right' && cookies.includes('csrf=1')
      if (isRight) response.setHeader('set-cookie', 'session=me; Path=/')
      response.writeHead(302, { location: isRight ? '/' : '/sign-in?error=1' }).end()
    } else if (request.url === '/api/auth/session') {
      response.end(JSON.stringify(cookies.includes('session=me') ? { expires: '2038-01-19T03:14:07.000Z' } : null))
    } else if (request.url === '/page') {
      response.writeHead(cookies.includes('session=me') ? 200 : 307, { location: '/sign-in' }).end(page)
    } else response.end(`// ${request.url}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stop = () => server.close()
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('the scripts of a page behind the session are fetched and weighed', async () => {
  const visit = new Visit(await site('<script src="/a.js"></script><script src="/longer-name.js"></script>'))
  await visit.signIn({ email: 'dido@example.com', password: 'right' })
  const scripts = await visit.scripts('/page')
  expect(scripts.map(({ address }) => address)).toEqual(['/longer-name.js', '/a.js'])
  expect(scripts[1]).toMatchObject({ bytes: 8, gzipped: gzipSync('// /a.js').length })
  expect(gzippedKb(scripts)).toBeCloseTo(
    (gzipSync('// /a.js').length + gzipSync('// /longer-name.js').length) / 1000,
    6,
  )
})

test('a page that is not served, or names no script, is not taken for a light one', async () => {
  const visit = new Visit(await site('<p>Nothing to run</p>'))
  await expect(visit.scripts('/page')).rejects.toThrow('/page answered 307, to /sign-in')
  await expect(visit.signIn({ email: 'dido@example.com', password: 'wrong' })).rejects.toThrow(
    'Signing in did not work',
  )
  await visit.signIn({ email: 'dido@example.com', password: 'right' })
  await expect(visit.scripts('/page')).rejects.toThrow('names no script')
})
