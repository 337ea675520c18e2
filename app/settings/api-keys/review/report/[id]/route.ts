import { getSession } from '@/app/session'
import { can } from '@/lib/accounts'
import { isRefusal } from '@/lib/errors'
import { exportRevocation } from '@/lib/exports'
import { getRuntime } from '@/lib/runtime'
import { fileResponse } from '../../../../review/download'

/** What became of each key of a bulk revocation, as a file. */
export async function GET(
  _request: Request,
  { params }: RouteContext<'/settings/api-keys/review/report/[id]'>,
): Promise<Response> {
  const session = await getSession()
  if (!session) return new Response('You are no longer signed in.\n', { status: 401 })
  if (!can(session, 'keys:read')) return new Response('Your role does not allow this.\n', { status: 403 })
  const { id } = await params
  try {
    const file = await exportRevocation(getRuntime().database.db, session.account.id, id)
    return fileResponse(once(file), 'csv', 'revocation.csv')
  } catch (error) {
    if (isRefusal(error)) return new Response('There is no such revocation.\n', { status: 404 })
    throw error
  }
}

async function* once(text: string) {
  yield text
}
