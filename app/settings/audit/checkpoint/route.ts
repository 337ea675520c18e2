import { requireActor } from '@/app/session'
import { exportCheckpoint } from '@/lib/audit/checkpoints'
import { isRefusal } from '@/lib/errors'
import { getRuntime } from '@/lib/runtime'

/** How far the account's chain goes now, signed, as a file to be kept elsewhere. */
export async function GET(): Promise<Response> {
  const { database, vault } = getRuntime()
  try {
    const { accountId } = await requireActor('audit:read')
    const file = await exportCheckpoint(database.db, vault, accountId)
    return new Response(`${JSON.stringify(file, null, 2)}\n`, {
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Disposition': `attachment; filename="audit-checkpoint-${file.seq}.json"`,
      },
    })
  } catch (error) {
    if (!isRefusal(error)) throw error
    const status = error.code === 'not_signed_in' ? 401 : 403
    return new Response(`${error.message}\n`, { status, headers: { 'Content-Type': 'text/plain; charset=utf-8' } })
  }
}
