import { getSession } from '@/app/session'
import { getConsent } from '@/lib/credentials'
import { isRefusal } from '@/lib/errors'
import { getRuntime } from '@/lib/runtime'

/** How a consent stands that the person has begun: for the page that waits, where the pop-up can't tell it. */
export async function GET(
  _request: Request,
  { params }: RouteContext<'/settings/credentials/consents/[id]'>,
): Promise<Response> {
  const session = await getSession()
  if (!session) return Response.json(null, { status: 401 })
  try {
    const actor = { accountId: session.account.id, id: session.user.id }
    return Response.json(await getConsent(getRuntime().database.db, actor, (await params).id))
  } catch (error) {
    if (isRefusal(error)) return Response.json(null, { status: 404 })
    throw error
  }
}
