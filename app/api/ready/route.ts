import { readiness } from '@/lib/readiness'
import { getRuntime } from '@/lib/runtime'

/** Whether requests can be served: the database answers, and has the migrations of this version. */
export async function GET(): Promise<Response> {
  const { ready, checks } = await readiness(getRuntime().database.db)
  return Response.json(
    { status: ready ? 'ready' : 'not_ready', checks },
    { status: ready ? 200 : 503, headers: { 'Cache-Control': 'no-store', ...(ready ? {} : { 'Retry-After': '5' }) } },
  )
}

export const dynamic = 'force-dynamic'
