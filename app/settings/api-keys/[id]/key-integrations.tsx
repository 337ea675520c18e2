'use client'

import Link from 'next/link'
import { useIntegrationNames } from '../queries'

/** The integrations that a key is bound to. */
export function KeyIntegrations({ ids }: { ids: string[] }) {
  const { data } = useIntegrationNames()
  return (
    <ul className="grid gap-1">
      {ids.map((id) => (
        <li key={id}>
          <Link href={`/settings/integrations/${id}`} className="rounded underline underline-offset-2">
            {data?.data.find((one) => one.id === id)?.name ?? <code className="font-mono text-xs">{id}</code>}
          </Link>
        </li>
      ))}
    </ul>
  )
}
