import { exportCredentials } from '@/lib/exports'
import { getRuntime } from '@/lib/runtime'
import { download } from '../../review/download'

/** All credentials of the account, without their secrets, as a file. */
export function GET(request: Request): Promise<Response> {
  return download(request, 'credentials:read', 'credentials', (actor, format) =>
    exportCredentials(getRuntime().database.db, actor, format),
  )
}
