import Link from 'next/link'
import { Badge } from '@/components/ui/badge'
import { DescriptionItem, DescriptionList } from '@/components/ui/description-list'
import { RelativeTime } from '@/components/ui/relative-time'
import { environmentNames } from '../../environment-words'
import { IdValue } from '../../id-value'
import { KeyEnd, KeyStatus } from '../key-status'
import { keyHref } from '../paths'
import { type ApiKey, hintText, makerText } from '../words'
import { KeyIntegrations } from './key-integrations'

/** Everything that is known of a key. */
export function KeyDetails({ apiKey }: { apiKey: ApiKey }) {
  const { last_used, revoked } = apiKey
  return (
    <DescriptionList>
      <DescriptionItem term="Status">
        <span className="flex flex-wrap items-baseline gap-x-1.5">
          <KeyStatus status={apiKey.status} rehearsal={apiKey.rehearsal} />
          {apiKey.status === 'active' ? null : (
            <span className="text-muted-foreground">
              <KeyEnd apiKey={apiKey} />
            </span>
          )}
        </span>
      </DescriptionItem>
      <DescriptionItem term="Environment">{environmentNames[apiKey.environment]}</DescriptionItem>
      <DescriptionItem term="Token">
        <code className="font-mono text-xs">{hintText(apiKey)}</code>
      </DescriptionItem>
      <DescriptionItem term="Id">
        <IdValue id={apiKey.id} />
      </DescriptionItem>
      <DescriptionItem term="Created">
        <RelativeTime value={apiKey.created_at} /> by {makerText(apiKey)}
      </DescriptionItem>
      <DescriptionItem term="Expires">
        {apiKey.expires_at ? <RelativeTime value={apiKey.expires_at} /> : 'Never'}
      </DescriptionItem>
      <DescriptionItem term="Last used">
        {last_used ? (
          <>
            <RelativeTime value={last_used.at} />
            {last_used.address ? ` from ${last_used.address}` : null}
            {last_used.user_agent ? (
              <code className="block font-mono text-muted-foreground text-xs">{last_used.user_agent}</code>
            ) : null}
          </>
        ) : (
          'Never'
        )}
      </DescriptionItem>
      <DescriptionItem term="Scopes">
        <ul className="flex flex-wrap gap-1">
          {apiKey.scopes.map((scope) => (
            <li key={scope} className="flex">
              <Badge variant="mono">{scope}</Badge>
            </li>
          ))}
        </ul>
      </DescriptionItem>
      {apiKey.integrations ? (
        <DescriptionItem term="Integrations">
          <KeyIntegrations ids={apiKey.integrations} />
        </DescriptionItem>
      ) : null}
      {apiKey.paused ? (
        <DescriptionItem term="Paused">
          <RelativeTime value={apiKey.paused.at} />
          {apiKey.paused.by ? ` by ${apiKey.paused.by}` : null}
        </DescriptionItem>
      ) : null}
      {revoked ? (
        <DescriptionItem term="Revoked">
          <RelativeTime value={revoked.at} />
          {revoked.by ? ` by ${revoked.by}` : null}
          {revoked.reason ? <span className="block text-muted-foreground">Reason: {revoked.reason}</span> : null}
        </DescriptionItem>
      ) : null}
      {apiKey.replaces_id ? <Related term="Replaces" id={apiKey.replaces_id} /> : null}
      {apiKey.replaced_by_id ? <Related term="Replaced by" id={apiKey.replaced_by_id} /> : null}
    </DescriptionList>
  )
}

function Related({ term, id }: { term: string; id: string }) {
  return (
    <DescriptionItem term={term}>
      <Link href={keyHref(id)} className="rounded font-mono text-xs underline underline-offset-2">
        {id}
      </Link>
    </DescriptionItem>
  )
}
