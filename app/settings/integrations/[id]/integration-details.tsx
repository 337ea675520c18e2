import { CopyButton } from '@/components/ui/copy-button'
import { DescriptionItem, DescriptionList } from '@/components/ui/description-list'
import { RelativeTime } from '@/components/ui/relative-time'
import { environmentNames } from '../../environment-words'
import { IdValue } from '../../id-value'
import { CredentialLink, IntegrationStatus } from '../integration-status'
import { proxyAddress } from '../paths'
import { type Integration, makerText, secondsText, typeNames } from '../words'

/** Everything that is known of an integration. */
export function IntegrationDetails({ origin, integration }: { origin: string; integration: Integration }) {
  const { credential, expired_token, headers, methods, paths } = integration
  const address = proxyAddress(origin, integration.slug)
  return (
    <DescriptionList>
      <DescriptionItem term="State">
        <IntegrationStatus {...integration} />
      </DescriptionItem>
      <DescriptionItem term="Environment">{environmentNames[integration.environment]}</DescriptionItem>
      <DescriptionItem term="Credential">
        <CredentialLink credential={credential} />
        {credential ? <span className="text-muted-foreground"> ({typeNames[credential.type]})</span> : null}
      </DescriptionItem>
      <DescriptionItem term="Apps call">
        <span className="flex items-start gap-1">
          <code className="min-w-0 font-mono text-xs leading-5">{address}…</code>
          <CopyButton value={address} label="Copy address" className="-my-1" />
        </span>
      </DescriptionItem>
      <DescriptionItem term="Base URL">
        <code className="font-mono text-xs leading-5">{integration.base_url}</code>
      </DescriptionItem>
      <DescriptionItem term="Methods">
        <Badges values={methods} />
      </DescriptionItem>
      <DescriptionItem term="Paths">
        {paths.length > 0 ? <Badges values={paths} /> : 'Everything below the base URL'}
      </DescriptionItem>
      <DescriptionItem term="Fixed headers">
        {headers.length > 0 ? (
          <ul className="grid gap-0.5 font-mono text-xs leading-5">
            {headers.map(({ name, value }) => (
              <li key={name}>
                {name}: {value}
              </li>
            ))}
          </ul>
        ) : (
          'None'
        )}
      </DescriptionItem>
      <DescriptionItem term="Timeout">{secondsText(integration.timeout_ms)}</DescriptionItem>
      {expired_token ? (
        <DescriptionItem term="Token expired, beside status 401">
          <span className="font-mono text-xs leading-5">
            {[
              ...(expired_token.statuses.length > 0 ? [`status ${expired_token.statuses.join(' or ')}`] : []),
              ...(expired_token.json ? [`${expired_token.json.path} = ${expired_token.json.equals}`] : []),
            ].join(' or ')}
          </span>
        </DescriptionItem>
      ) : null}
      <DescriptionItem term="Id">
        <IdValue id={integration.id} />
      </DescriptionItem>
      <DescriptionItem term="Created">
        <RelativeTime value={integration.created_at} /> by {makerText(integration)}
      </DescriptionItem>
      <DescriptionItem term="Changed">
        {integration.updated_at === integration.created_at ? 'Never' : <RelativeTime value={integration.updated_at} />}
      </DescriptionItem>
    </DescriptionList>
  )
}

function Badges({ values }: { values: readonly string[] }) {
  return (
    <ul className="flex flex-wrap gap-1">
      {values.map((value) => (
        <li
          key={value}
          className="min-h-5 rounded-[4px] border border-border bg-card px-1.5 py-px font-mono text-xs [overflow-wrap:anywhere]"
        >
          {value}
        </li>
      ))}
    </ul>
  )
}
