// A marketplace over OAuth2 to try the example with. It is as strict as the strictest: an access token lasts 5 seconds, a
// refresh token works once, and one that comes a second time ends all that came of the same consent. It has 300 changed
// orders, at most 25 a page, and gives one page a second: reading all of them takes longer than two access tokens last.
import { createHash, timingSafeEqual } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { answerJson, serve } from '../sandbox.mjs'

const CLIENT = 'nightly-sync'
const CLIENT_SECRET = process.env.SANDBOX_SECRET ?? 'night-market-client-secret-4Hk9Zt'
const FIRST_REFRESH_TOKEN = 'night-market-refresh-0-Rw5Jd2'
const TOKEN_SECONDS = 5
const PAGE = 25
const PAGE_EVERY_MS = 1_000

const ORDERS = Array.from({ length: 300 }, (_, index) => ({
  id: `NM-${5001 + index}`,
  change: index + 1,
  status: ['paid', 'packed', 'shipped'][index % 3],
  total: { amount: ((index * 53) % 900) + 100, currency: 'MXN' },
}))

/** The one refresh token that counts; null: it came twice, and the seller has to consent anew. @type {string | null} */
let refreshToken = FIRST_REFRESH_TOKEN
/** @type {Set<string>} */
const spent = new Set()
/** Access tokens, and when they end. @type {Map<string, number>} */
const accessTokens = new Map()
let given = 0
let nextPageAt = 0

const basic = `Basic ${Buffer.from(`${CLIENT}:${CLIENT_SECRET}`).toString('base64')}`

/** @param {string | undefined} a @param {string} b */
function isSame(a, b) {
  const [left, right] = [a ?? '', b].map((each) => createHash('sha256').update(each).digest())
  return timingSafeEqual(left, right)
}

/** The app at the token endpoint, a seller's access token everywhere else. @type {(request: import('../sandbox.mjs').Request) => boolean} */
function isLetIn({ headers: { authorization }, url }) {
  if (url === '/oauth/token') return isSame(authorization, basic)
  const endsAt = accessTokens.get(authorization?.replace(/^Bearer /, '') ?? '')
  return endsAt !== undefined && endsAt > Date.now()
}

serve('Night market', 4804, isLetIn, 'Bearer realm="night-market", error="invalid_token"', {
  'POST /oauth/token': async (request, response) => {
    const form = new URLSearchParams(await text(request))
    const token = form.get('refresh_token') ?? ''
    if (spent.has(token)) {
      refreshToken = null
      accessTokens.clear()
      process.stdout.write('A refresh token came a second time: all that came of this consent has ended.\n')
    }
    if (form.get('grant_type') !== 'refresh_token' || token !== refreshToken) {
      return answerJson(response, 400, { error: 'invalid_grant', error_description: 'The refresh token is not valid.' })
    }
    spent.add(token)
    given += 1
    const random = () => crypto.randomUUID().replaceAll('-', '')
    const accessToken = `night-market-access-${given}-${random()}`
    refreshToken = `night-market-refresh-${given}-${random()}`
    accessTokens.set(accessToken, Date.now() + TOKEN_SECONDS * 1000)
    answerJson(response, 200, {
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: TOKEN_SECONDS,
      refresh_token: refreshToken,
    })
  },
  'GET /me': (_request, response) => answerJson(response, 200, { seller: 'Phoenix Traders' }),
  'GET /orders': (_request, response, { searchParams }) => {
    if (Date.now() < nextPageAt) {
      response.setHeader('Retry-After', '1')
      return answerJson(response, 429, { error: 'too_many_requests' })
    }
    nextPageAt = Date.now() + PAGE_EVERY_MS
    const changed = ORDERS.filter(({ change }) => change > Number(searchParams.get('after') ?? 0))
    const data = changed.slice(0, PAGE)
    answerJson(response, 200, { data, has_more: changed.length > data.length })
  },
})
