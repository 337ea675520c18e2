import { Agent, request } from 'node:http'
import { performance } from 'node:perf_hooks'
import { expect } from '@playwright/test'
import { OWNER } from './people'
import type { Place } from './place'
import { admin } from './product'

/** What an external app sees of the public API. */
export interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: the answer of a server is what a test finds out
  body: any
}

/** Calls the public API of the product at `url`, with a token when one is given. */
export async function call(
  url: string,
  token: string | null,
  path: string,
  body?: object,
  method = body ? 'POST' : 'GET',
): Promise<Answer> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    body: body ? JSON.stringify(body) : undefined,
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}

/** Makes the account of `OWNER` by the operator's command. The embedded database must not be in use. */
export async function createAccount(place: Place): Promise<void> {
  const args = ['create-account', '--name', OWNER.accountName, '--email', OWNER.email, '--password-stdin']
  const { code, stderr } = await admin(place, args, OWNER.password)
  expect(code, stderr).toBe(0)
}

/** Makes a key of that account by the operator's command and answers its token. */
export async function createKey(place: Place, name: string, scopes: string[], more: string[] = []): Promise<string> {
  const args = [
    'create-key',
    '--email',
    OWNER.email,
    '--name',
    name,
    '--scopes',
    scopes.join(),
    '--rate',
    'off',
    ...more,
  ]
  const { code, stdout, stderr } = await admin(place, args)
  expect(code, stderr).toBe(0)
  return stdout.trim()
}

/** The scopes that `makeIntegration` takes. */
export const SET_UP_SCOPES = ['credentials:create', 'integrations:create']

/** Stores a credential that nobody tested, and makes an integration that uses it; answers both ids. */
export async function makeIntegration(
  url: string,
  token: string,
): Promise<{ credential: string; integration: string }> {
  const origin = 'https://api.example.com'
  const fields = { type: 'bearer', name: 'Carrier', hosts: [origin], secret: { token: 'never-sent-anywhere' } }
  const credential = await call(url, token, '/credentials', fields)
  expect(credential.status, JSON.stringify(credential.body)).toBe(201)
  const { id } = credential.body
  const more = { name: 'Labels', slug: 'labels', credential_id: id, base_url: `${origin}/v1` }
  const integration = await call(url, token, '/integrations', more)
  expect(integration.status, JSON.stringify(integration.body)).toBe(201)
  return { credential: id, integration: integration.body.id }
}

/** One request of a load: on which product, sent when (see `now`), answered with which status. */
interface Sent {
  url: string
  at: number
  status: number
}

/** Keeps connections busy with `GET /me` until it is stopped. */
export interface Load {
  sent: Sent[]
  /** Resolves when each product has answered `count` requests more with `status`. */
  until(status: number, count: number): Promise<void>
  stop(): Promise<void>
}

/** Starts `connections` on all products together, each sending one request after the other with this token. */
export function startLoad(urls: string[], token: string, connections: number): Load {
  const sent: Sent[] = []
  let running = true
  const agents = urls.map((url) => ({ url, agent: new Agent({ keepAlive: true, maxSockets: connections }) }))
  const loops = Array.from({ length: connections }, async (_, index) => {
    const { url, agent } = agents[index % agents.length] as (typeof agents)[number]
    while (running) {
      const at = now()
      sent.push({ url, at, status: await get(url, agent, token) })
    }
  })
  const finished = Promise.all(loops)
  return {
    sent,
    until: async (status, count) => {
      const from = sent.length
      const isEnough = (url: string) =>
        sent.slice(from).filter((one) => one.url === url && one.status === status).length >= count
      await expect.poll(() => urls.every(isEnough), { intervals: [20], timeout: 20_000 }).toBe(true)
    },
    stop: async () => {
      running = false
      await finished
      for (const { agent } of agents) agent.destroy()
    },
  }
}

/** Milliseconds of a clock that never goes back and is fine enough to tell which of two requests came first. */
export const now = () => performance.now()

function get(url: string, agent: Agent, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` }
    request(`${url}/api/v1/me`, { agent, headers }, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode ?? 0))
      response.once('error', reject)
    })
      .once('error', reject)
      .end()
  })
}
