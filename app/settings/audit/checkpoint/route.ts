import { exportCheckpoint } from '@/lib/audit/checkpoints'
import { getRuntime } from '@/lib/runtime'
import { answerFile } from '../../files'

/** How far the account's chain goes now, signed, as a file to be kept elsewhere. */
export function GET(request: Request): Promise<Response> {
  return answerFile(request, 'audit:read', async ({ accountId }) => {
    const { database, vault } = getRuntime()
    const file = await exportCheckpoint(database.db, vault, accountId)
    const open = async () => [`${JSON.stringify(file, null, 2)}\n`]
    return { name: `audit-checkpoint-${file.seq}.json`, type: 'application/json', open }
  })
}
