import type { BrowserContext } from '@playwright/test'

interface Seen {
  violations: string[]
  /** Addresses of other hosts. */
  foreign: string[]
  /** Of each page's policy its nonce, or a sentence where it has none. */
  nonces: string[]
}

/** Notes what a policy forbids on any page of the context, and what a page asks of any host but ours. */
export async function watchPolicy(context: BrowserContext, url: string): Promise<Seen> {
  const seen: Seen = { violations: [], foreign: [], nonces: [] }
  await context.exposeBinding('reportViolation', ({ page }, text: string) => {
    seen.violations.push(`${page.url()}: ${text}`)
  })
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      const report = Reflect.get(window, 'reportViolation') as (text: string) => void
      report(`${event.effectiveDirective} forbids ${event.blockedURI} ${event.sample}`)
    })
  })
  context.on('request', (request) => {
    const { host, protocol } = new URL(request.url())
    if (host !== new URL(url).host && protocol.startsWith('http')) seen.foreign.push(request.url())
  })
  context.on('response', async (response) => {
    if (!(response.headers()['content-type'] ?? '').startsWith('text/html')) return
    const policy = response.headers()['content-security-policy'] ?? ''
    const [, nonce] = /script-src 'self' 'nonce-([^']{20,})' 'strict-dynamic'/.exec(policy) ?? []
    seen.nonces.push(nonce ?? `no nonce for ${response.url()}`)
  })
  return seen
}
