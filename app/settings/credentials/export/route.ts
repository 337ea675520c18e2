import { exportCredentials } from '@/lib/exports'
import { getRuntime } from '@/lib/runtime'
import { answerExport } from '../../files'

/** All credentials of the account, without their secrets, as a file. */
export function GET(request: Request): Promise<Response> {
  return answerExport(request, 'credentials:read', 'credentials', (actor, format) =>
    exportCredentials(getRuntime().database.db, actor, format),
  )
}
