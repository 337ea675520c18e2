import { auditEventResource } from '@/lib/api/audit-resources'
import { listAuditEventsQuery, readAuditEvents, recordAuditEvent } from '@/lib/audit'
import { parseInput } from '@/lib/input'
import { getRuntime } from '@/lib/runtime'
import { answerFile } from '../../files'
import { parseFilter } from '../list-state'

/** Events in one piece of the answer. */
const PIECE = 100

/** What the list shows, all of it, as a file of JSON Lines, written as it is read. That it was exported is on record. */
export function GET(request: Request): Promise<Response> {
  return answerFile(request, 'audit:read', async (actor) => {
    const { db } = getRuntime().database
    const filter = parseFilter(new URL(request.url).searchParams)
    const { limit: _, ...query } = parseInput(listAuditEventsQuery, filter)
    const open = async () => {
      await recordAuditEvent(db, actor, 'account.audit_exported', actor.accountId, { filter })
      return linesOf(readAuditEvents(db, actor.accountId, query))
    }
    return { name: 'audit-events.jsonl', type: 'application/x-ndjson', open }
  })
}

async function* linesOf(events: ReturnType<typeof readAuditEvents>): AsyncGenerator<string> {
  let lines: string[] = []
  for await (const event of events) {
    lines.push(`${JSON.stringify(auditEventResource(event))}\n`)
    if (lines.length < PIECE) continue
    yield lines.join('')
    lines = []
  }
  if (lines.length > 0) yield lines.join('')
}
