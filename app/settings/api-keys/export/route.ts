import { exportKeys } from '@/lib/exports'
import { getRuntime } from '@/lib/runtime'
import { answerExport } from '../../files'

/** All API keys of the account with their use, as a file. */
export function GET(request: Request): Promise<Response> {
  return answerExport(request, 'keys:read', 'api-keys', (actor, format) =>
    exportKeys(getRuntime().database.db, actor, format),
  )
}
