// What a browser does, as far as the size of a page's JavaScript asks for it.
import { gzipSync } from 'node:zlib'

/**
 * The addresses of all scripts that a browser fetches for a page before anybody touches it: script tags, preloads, and
 * the chunks that the page's streamed component tree names. Scripts for browsers without modules are not among them.
 * @param {string} html
 * @returns {string[]} each once, as they stand there
 */
export function scriptAddresses(html) {
  const tags = [...html.matchAll(/<(script|link)\b[^>]*>/gi)].map(([tag, name]) => ({ tag, name: name.toLowerCase() }))
  const legacy = new Set(
    tags
      .filter(({ tag, name }) => name === 'script' && /\snomodule\b/i.test(tag))
      .map(({ tag }) => attribute(tag, 'src')),
  )
  const fromTags = tags
    .filter(({ tag, name }) => name === 'script' || isScriptLink(tag))
    .map(({ tag, name }) => attribute(tag, name === 'script' ? 'src' : 'href'))
  // Inside the inline scripts that carry the tree: ["/_next/static/chunks/0a1b.js", …], with escaped quotes.
  const fromTree = [...html.matchAll(/"((?:\/_next\/)?static\/chunks\/[^"\\\s]+\.js)\\?"/g)].map(([, path]) =>
    path.startsWith('/') ? path : `/_next/${path}`,
  )
  const found = [...fromTags, ...fromTree].filter((address) => address !== undefined && !legacy.has(address))
  return [...new Set(/** @type {string[]} */ (found))]
}

/** @param {string} tag */
function isScriptLink(tag) {
  const rel = attribute(tag, 'rel')
  return rel === 'modulepreload' || (rel === 'preload' && attribute(tag, 'as') === 'script')
}

/**
 * @param {string} tag
 * @param {string} name
 */
function attribute(tag, name) {
  const value = new RegExp(`\\s${name}="([^"]*)"`, 'i').exec(tag)?.[1]
  return value?.replaceAll('&amp;', '&')
}

/** @typedef {{ address: string, bytes: number, gzipped: number }} Script */

/**
 * What a page has a browser fetch, in kilobytes of 1,000 bytes.
 * @param {Script[]} scripts
 */
export function gzippedKb(scripts) {
  return scripts.reduce((sum, { gzipped }) => sum + gzipped, 0) / 1000
}

/** A visit: requests of one person, with the cookies that the server set. */
export class Visit {
  /** @type {Map<string, string>} */
  #cookies = new Map()
  /** Most scripts are those of several pages. @type {Map<string, Promise<Script>>} */
  #scripts = new Map()

  /** @param {string} origin */
  constructor(origin) {
    this.origin = origin
  }

  /**
   * Signs in through next-auth's credentials flow.
   * @param {{ email: string, password: string }} person
   * @throws when nobody is signed in after it
   */
  async signIn({ email, password }) {
    const { csrfToken } = await (await this.fetch('/api/auth/csrf')).json()
    const form = new URLSearchParams({ csrfToken, email, password, callbackUrl: '/' })
    const answer = await this.fetch('/api/auth/callback/credentials', { method: 'POST', body: form })
    const session = await (await this.fetch('/api/auth/session')).json()
    if (!session?.expires)
      throw new Error(`Signing in did not work: ${answer.status}, to ${answer.headers.get('location')}`)
  }

  /**
   * @param {string} path
   * @param {RequestInit} [init]
   */
  async fetch(path, init = {}) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...init.headers, cookie, origin: this.origin }
    const response = await fetch(new URL(path, this.origin), { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (name !== undefined && value !== undefined) this.#cookies.set(name, value)
    }
    return response
  }

  /**
   * The JavaScript of a page.
   * @param {string} path
   * @returns {Promise<Script[]>} largest first
   * @throws when the page is not served as it is, or names no script
   */
  async scripts(path) {
    const page = await this.fetch(path)
    if (page.status !== 200) {
      throw new Error(`${path} answered ${page.status}, to ${page.headers.get('location') ?? 'nowhere'}`)
    }
    const addresses = scriptAddresses(await page.text())
    if (addresses.length === 0) throw new Error(`${path} names no script: what is measured has changed its form`)
    const scripts = await Promise.all(
      addresses.map((address) => {
        const known = this.#scripts.get(address) ?? this.#weigh(address)
        this.#scripts.set(address, known)
        return known
      }),
    )
    return scripts.sort((a, b) => b.gzipped - a.gzipped)
  }

  /**
   * @param {string} address
   * @returns {Promise<Script>}
   */
  async #weigh(address) {
    const response = await this.fetch(address)
    if (response.status !== 200) throw new Error(`${address} answered ${response.status}`)
    const content = Buffer.from(await response.arrayBuffer())
    return { address, bytes: content.length, gzipped: gzipSync(content).length }
  }
}
