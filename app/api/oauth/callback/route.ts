import { cookies } from 'next/headers'
import type { NextRequest } from 'next/server'
import { requestOrigin } from '@/app/request'
import { getSession } from '@/app/session'
import { endedHref, endHref } from '@/app/settings/credentials/connect/paths'
import { finishConsent } from '@/lib/credentials'
import { credentialStore } from '@/lib/credentials/runtime'
import { log } from '@/lib/log'
import { callbackUrl } from '@/lib/oauth/connect/callback'
import { connectCookie } from '@/lib/oauth/connect/state'
import { getRuntime } from '@/lib/runtime'

/**
 * Where a provider sends the browser back to (RFC 6749, 4.1.2). Whatever comes, the browser goes on at once to a page of ours
 * that is chosen here and named by nothing that came: code and state stay in no address, history or referrer.
 */
export async function GET(request: NextRequest): Promise<Response> {
  return goOn(await finish(request.nextUrl.searchParams))
}

/** What only looks whether something is here must not use anything up. */
export function HEAD(): Response {
  return new Response(null, { status: 405, headers: { Allow: 'GET' } })
}

async function finish(parameters: URLSearchParams): Promise<string> {
  const { url } = getRuntime().config
  try {
    const [session, { device: _, ...origin }, jar] = await Promise.all([getSession(), requestOrigin(), cookies()])
    const person = session && {
      kind: 'user' as const,
      id: session.user.id,
      name: session.user.name,
      accountId: session.account.id,
      permissions: session.permissions,
      ...origin,
    }
    const finished = await finishConsent(credentialStore(), {
      parameters,
      browserKey: jar.get(connectCookie(url).name)?.value,
      person,
      origin,
      redirectUri: callbackUrl(url),
    })
    return finished.kind === 'refused' ? endedHref({ refused: finished.reason }) : endHref(finished.consent)
  } catch (error) {
    log.error({ err: error }, 'What a provider sent could not be worked on')
    return endedHref({ refused: 'failed' })
  }
}

function goOn(href: string): Response {
  return new Response(null, {
    status: 303,
    headers: { Location: href, 'Cache-Control': 'no-store' },
  })
}
