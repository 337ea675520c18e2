import { apiFetch } from '@/lib/api'
import { currentIncomingMessage } from '@/lib/runtime'

/** The portable mount of the public API; see docs/architecture.md. */
function handle(request: Request) {
  const incoming = currentIncomingMessage()
  return apiFetch(request, incoming ? { incoming } : {})
}

export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as OPTIONS,
  handle as PATCH,
  handle as POST,
  handle as PUT,
}
