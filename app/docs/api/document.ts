import { openApiDocument } from '@/lib/api'
import type { OpenApi } from './schema'

let made: OpenApi | undefined

/** The OpenAPI document of this server, made once. */
export function apiDocument(): OpenApi {
  made ??= openApiDocument()
  return made
}

/** Where the API answers, "https://fenicia.example.com/api/v1". */
export function apiAddress(): string {
  return `${apiDocument().servers?.[0]?.url ?? ''}/api/v1`
}
