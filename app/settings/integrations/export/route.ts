import { exportIntegrations } from '@/lib/exports'
import { getRuntime } from '@/lib/runtime'
import { answerExport } from '../../files'

/** All integrations of the account as a file. */
export function GET(request: Request): Promise<Response> {
  return answerExport(request, 'integrations:read', 'integrations', (actor, format) =>
    exportIntegrations(getRuntime().database.db, actor, format),
  )
}
