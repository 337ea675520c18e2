import { cookies, headers } from 'next/headers'
import { deviceCookie, type SignInOrigin } from '@/lib/accounts'
import { clientAddress } from '@/lib/client-address'
import { PATH_HEADER, REQUEST_ID_HEADER } from '@/lib/request-headers'
import { currentIncomingMessage } from '@/lib/runtime'

/** Where the request that is being answered comes from, as audit events and the limits of signing in need it. */
export async function requestOrigin(): Promise<SignInOrigin> {
  const [headerList, cookieStore] = await Promise.all([headers(), cookies()])
  const incoming = currentIncomingMessage()
  return {
    address: incoming ? clientAddress(incoming) : null,
    userAgent: headerList.get('user-agent')?.slice(0, 256) ?? null,
    requestId: headerList.get(REQUEST_ID_HEADER),
    device: cookieStore.get(deviceCookie().name)?.value,
  }
}

/** Path and query of the page that is asked for. */
export async function currentPath(): Promise<string> {
  return (await headers()).get(PATH_HEADER) ?? '/'
}

/** Sets a cookie with the answer. In server actions and route handlers only. */
export async function setCookie(
  {
    name,
    options,
  }: {
    name: string
    options: Omit<ReturnType<typeof deviceCookie>['options'], 'sameSite' | 'maxAge'> & {
      sameSite: 'lax' | 'strict'
      maxAge: number
    }
  },
  value: string,
): Promise<void> {
  ;(await cookies()).set(name, value, options)
}
