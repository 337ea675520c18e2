import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decode, encode } from '@auth/core/jwt'
import type { BrowserContext } from '@playwright/test'
import type { Place } from './place'

/** The name of the session's cookie over http. */
export const SESSION = 'fenicia_session'

export async function sessionCookie(context: BrowserContext) {
  const cookie = (await context.cookies()).find(({ name }) => name === SESSION)
  if (!cookie) throw new Error('There is no session')
  return cookie
}

/** What signs the sessions of this place. */
async function authSecret(place: Place): Promise<string> {
  return place.env.AUTH_SECRET ?? (await readFile(join(place.dataFolder, 'auth.secret'), 'utf8')).trim()
}

/** The claims of a session's cookie, without those that are new each time it is written. */
export async function claimsOf(place: Place, token: string) {
  const { iat, exp, jti, ...claims } = (await decode({ token, secret: await authSecret(place), salt: SESSION })) ?? {}
  return claims
}

/** Gives a browser its session as it would be with these claims, since nothing else makes time pass. */
export async function rewriteSession(
  place: Place,
  context: BrowserContext,
  claims: Record<string, number>,
  hoursLeft = 12,
): Promise<void> {
  const cookie = await sessionCookie(context)
  const token = { ...(await claimsOf(place, cookie.value)), ...claims }
  const value = await encode({ token, secret: await authSecret(place), salt: SESSION, maxAge: hoursLeft * 3600 })
  await context.addCookies([{ ...cookie, value }])
}

/** Makes it so that the password was last given so many minutes ago. */
export function agePassword(place: Place, context: BrowserContext, minutes: number): Promise<void> {
  return rewriteSession(place, context, { passwordGivenAt: Math.floor(Date.now() / 1000) - minutes * 60 })
}
