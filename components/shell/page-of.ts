import { PAGE_OF_HEADER, pageOf } from '@/lib/request-headers'

/** Somebody in one of their accounts. */
export interface Holder {
  userId: string
  accountId: string
}

/**
 * Has each request of this page say for whom the page was made: an action is called with what a form says and with the
 * session that the whole browser has, so that nothing else would tell. The policy lets a page ask its own server alone.
 * @param onOther told whose the session is, when an answer says that it is another's
 * @returns ends it
 */
export function tellPageOf({ userId, accountId }: Holder, onOther: (now: Holder) => void): () => void {
  const { fetch } = window
  window.fetch = async (input, init) => {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined))
    headers.set(PAGE_OF_HEADER, pageOf(userId, accountId))
    const response = await fetch(input, { ...init, headers })
    const [otherUser, otherAccount] = response.headers.get(PAGE_OF_HEADER)?.split(' ') ?? []
    if (otherUser && otherAccount) onOther({ userId: otherUser, accountId: otherAccount })
    return response
  }
  return () => {
    window.fetch = fetch
  }
}
