import { exportRevocation } from '@/lib/exports'
import { getRuntime } from '@/lib/runtime'
import { answerFile } from '../../../../files'

/** What became of each key of a bulk revocation, as a file. */
export function GET(
  request: Request,
  { params }: RouteContext<'/settings/api-keys/review/report/[id]'>,
): Promise<Response> {
  return answerFile(request, 'keys:read', async ({ accountId }) => {
    const { id } = await params
    const file = await exportRevocation(getRuntime().database.db, accountId, id)
    return { name: 'revocation.csv', type: 'text/csv', open: async () => [file] }
  })
}
