import { randomBytes } from 'node:crypto'
import { type NextRequest, NextResponse } from 'next/server'
import { decodeSession, renewedSession, SESSION_IDLE_SECONDS, sessionCookie } from '@/lib/accounts/session-claims'
import { isOwnOrigin, judgeHost } from '@/lib/host'
import { newRequestId } from '@/lib/ids'
import { parseUrl } from '@/lib/parse-url'
import { PAGE_OF_HEADER, PATH_HEADER, pageOf, REQUEST_ID_HEADER } from '@/lib/request-headers'
import { getRuntime } from '@/lib/runtime'
import { contentSecurityPolicy, securityHeaders } from '@/lib/security-headers'

/** Pages that are shown to whoever is not signed in; all others lead to the sign-in page. */
const PUBLIC =
  /^\/(sign-in(\/second-factor)?|sign-up|forgot-password|reset-password|invitation|docs(\/.*)?|api\/.*|oauth\/ended)$/

/**
 * Their addresses come from providers, with codes that nobody else may see, or from mails: not even our own pages are told of
 * them.
 */
const NO_REFERRER = /^\/((api\/oauth|oauth)\/|(reset-password|invitation)$)/

/** Runs before every page, action and handler but the public API, which looks after itself. */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { url } = getRuntime().config
  const requestId = newRequestId()
  const nonce = randomBytes(16).toString('base64')
  const policy = contentSecurityPolicy({
    nonce,
    // At another address than the public one there may be no https to upgrade to.
    upgrade: url.startsWith('https:') && request.headers.get('host')?.toLowerCase() === new URL(url).host,
    dev: process.env.NODE_ENV === 'development',
  })
  const { response, isPersonal } = await respond(request, url, requestId, policy)
  response.headers.set('Content-Security-Policy', policy)
  response.headers.set('X-Request-Id', requestId)
  if (isPersonal) response.headers.set('Cache-Control', 'private, no-store')
  for (const [name, value] of Object.entries(securityHeaders(url))) response.headers.set(name, value)
  if (NO_REFERRER.test(request.nextUrl.pathname)) response.headers.set('Referrer-Policy', 'no-referrer')
  return response
}

interface Answer {
  response: NextResponse
  /** Behind the session: no cache may keep it. */
  isPersonal: boolean
}

async function respond(request: NextRequest, url: string, requestId: string, policy: string): Promise<Answer> {
  const { pathname, search } = request.nextUrl
  const host = request.headers.get('host')
  const origin = request.headers.get('origin')
  const isRead = request.method === 'GET' || request.method === 'HEAD'

  const verdict = judgeHost(host, url)
  if (verdict === 'elsewhere' && isRead) return plain(NextResponse.redirect(url + pathname + search, 307))
  if (verdict !== 'served') {
    return plain(
      refuse(421, `This server answers at ${url}. If it should answer at this address, set FENICIA_URL to it.`),
    )
  }
  if (!isRead && !isOwnOrigin(origin, host, url)) {
    return plain(refuse(403, `This request came from a page of another site. Open ${url} and do it there.`))
  }

  const isPublic = PUBLIC.test(pathname)
  const cookie = sessionCookie(url)
  const token = request.cookies.get(cookie.name)?.value
  // Whether the session was ended is for pages and actions to find out, which ask the database.
  const claims = token === undefined ? null : await decodeSession(token)
  const isSignedIn = claims !== null
  if (!isPublic && !isSignedIn && isRead) {
    // Next answers with the path alone, so that it holds for whatever name our host has to the browser.
    const signIn = new URL(`/sign-in?next=${encodeURIComponent(pathname + search)}`, request.nextUrl)
    return { response: NextResponse.redirect(signIn), isPersonal: true }
  }

  const headers = new Headers(request.headers)
  headers.set(REQUEST_ID_HEADER, requestId)
  headers.set(PATH_HEADER, pathname + search)
  // Next reads the nonce from here and gives it to its own scripts.
  headers.set('Content-Security-Policy', policy)
  // Next compares this with the origin of an action; ours was checked above, whatever a proxy made of the host.
  const originHost = origin && parseUrl(origin)?.host
  if (originHost) headers.set('X-Forwarded-Host', originHost)
  else headers.delete('X-Forwarded-Host')
  const response = NextResponse.next({ request: { headers } })

  // Not with an action, which may set another session's cookie itself.
  // Browsers leave the header out where the address is not trustworthy, as by http at another host.
  const isPage = (request.headers.get('sec-fetch-dest') ?? 'document') === 'document'
  const renewed = token !== undefined && isSignedIn && isRead ? await renewedSession(token, isPage) : null
  if (renewed) response.cookies.set(cookie.name, renewed, { ...cookie.options, maxAge: SESSION_IDLE_SECONDS })
  const page = request.headers.get(PAGE_OF_HEADER)
  const now = claims && pageOf(claims.sub, claims.aid)
  if (page && now && page !== now) response.headers.set(PAGE_OF_HEADER, now)
  return { response, isPersonal: !isPublic }
}

const plain = (response: NextResponse): Answer => ({ response, isPersonal: false })

function refuse(status: 403 | 421, words: string): NextResponse {
  return new NextResponse(`${words}\n`, { status, headers: { 'Content-Type': 'text/plain; charset=utf-8' } })
}

export const config = {
  matcher: ['/((?!_next/|__nextjs|api/v1/|api/health$|api/ready$|icon.svg$|favicon.ico$).*)'],
}
