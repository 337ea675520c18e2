import { getSession } from '@/app/session'
import { countUnread } from '@/lib/notifications'
import { getRuntime } from '@/lib/runtime'

/** How many notices the person has not read, for the bell. */
export async function GET(): Promise<Response> {
  const session = await getSession()
  if (!session) return Response.json({ unread: null }, { status: 401 })
  const { account, user, permissions } = session
  const reader = { accountId: account.id, userId: user.id, permissions }
  return Response.json({ unread: await countUnread(getRuntime().database.db, reader) })
}
