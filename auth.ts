import NextAuth, { CredentialsSignin, type User } from 'next-auth'
import Credentials from 'next-auth/providers/credentials'
import {
  decodeSession,
  deviceCookie,
  encodeSession,
  findSession,
  SESSION_IDLE_SECONDS,
  type SignedIn,
  sessionClaims,
  sessionCookie,
  signInInput,
  signIn as signInPerson,
  signOut as signOutPerson,
  ticketCookie,
} from '@/lib/accounts'
import { isRefusal, Refusal } from '@/lib/errors'
import { parseInput } from '@/lib/input'
import { log } from '@/lib/log'
import { getRuntime } from '@/lib/runtime'
import { requestOrigin, setCookie } from './app/request'

// Auth.js as the door: it takes the password and hands out the cookie. What a session is, and who is let in, is decided in
// lib/accounts.

declare module 'next-auth' {
  // What a sign-in hands on to the session's cookie.
  interface User extends Pick<SignedIn, 'claims'> {}
}

/** A refused sign-in, as it travels through Auth.js; `refusal` is the reason in words. */
class SignInRefused extends CredentialsSignin {
  constructor(readonly refusal: Refusal) {
    super()
    this.code = refusal.code
  }
}

/** The refusal that an error of Auth.js's `signIn` carries, or the error itself. */
export function refusalOf(error: unknown): unknown {
  return error instanceof SignInRefused ? error.refusal : error
}

export const { handlers, signIn, signOut } = NextAuth(() => {
  const { config, authSecret, database } = getRuntime()
  // Whatever host a request names, Auth.js makes and checks redirects with this address.
  process.env.AUTH_URL = config.url
  const session = sessionCookie()
  const other = (name: string) => ({ name: session.name.replace('session', name), options: session.options })
  return {
    basePath: '/api/auth',
    secret: authSecret,
    trustHost: true,
    useSecureCookies: session.options.secure,
    cookies: { sessionToken: session, csrfToken: other('csrf'), callbackUrl: other('callback') },
    pages: { signIn: '/sign-in', signOut: '/sign-in', error: '/sign-in' },
    session: { strategy: 'jwt', maxAge: SESSION_IDLE_SECONDS },
    jwt: {
      encode: ({ token }) => encodeSession(sessionClaims.parse(token)),
      decode: ({ token }) => decodeSession(token ?? ''),
    },
    providers: [
      Credentials({
        credentials: { email: {}, password: {} },
        authorize: async ({ email, password }) => {
          try {
            const input = parseInput(signInInput, { email, password })
            const { signedIn, ticket } = await signInPerson(database.db, input, await requestOrigin())
            if (ticket !== undefined) {
              await setCookie(ticketCookie('second_factor'), ticket)
              throw new Refusal('second_factor_required', 'Your second factor is asked for next, at the sign-in page.')
            }
            await setCookie(deviceCookie(), signedIn.device)
            if (signedIn.isTold) getRuntime().jobs?.trigger('notifications.deliver')
            return { claims: signedIn.claims }
          } catch (error) {
            throw isRefusal(error) ? new SignInRefused(error) : error
          }
        },
      }),
    ],
    callbacks: {
      // `session`, which a browser may send along with an update, is deliberately not looked at.
      jwt: async ({ token, user, trigger }) => {
        if (trigger === 'signIn') return { ...(user as User).claims }
        const claims = sessionClaims.parse(token)
        return (await findSession(database.db, claims)) && token
      },
      session: ({ session: { expires } }) => ({ expires }),
    },
    events: {
      signOut: async (message) => {
        const claims = sessionClaims.safeParse('token' in message ? message.token : null)
        if (claims.success) await signOutPerson(database.db, claims.data, await requestOrigin())
      },
    },
    logger: {
      // A refused sign-in is an answer, not a failure, and stands in the audit log.
      error: (error) => {
        if (!(error instanceof SignInRefused)) log.error({ err: error }, 'Signing in or out failed')
      },
      warn: (code) => log.warn({ code }, 'Auth.js warns'),
    },
  }
})
