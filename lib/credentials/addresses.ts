import { isEgressError } from '../egress/errors'
import type { EgressPolicy } from '../egress/policy'
import { judgeUrl } from '../egress/url'
import type { FieldProblem } from '../errors'

/** Whether Fenicia may call these addresses at all, as far as they say themselves; what their names mean is asked when it calls. */
export function addressProblems(
  addresses: readonly { field: string; url: string }[],
  policy: EgressPolicy,
): FieldProblem[] {
  return addresses.flatMap(({ field, url }): FieldProblem[] => {
    try {
      judgeUrl(url, policy)
      return []
    } catch (error) {
      if (!isEgressError(error)) throw error
      const isPolicy = error.code === 'scheme_refused' || error.code === 'address_refused'
      const advice = isPolicy ? ' Whoever runs this server can allow the host, with FENICIA_EGRESS_ALLOW.' : ''
      return [{ field, code: 'invalid_value', message: error.message + advice }]
    }
  })
}
