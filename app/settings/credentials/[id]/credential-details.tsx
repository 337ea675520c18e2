import { Badge } from '@/components/ui/badge'
import { DescriptionItem, DescriptionList } from '@/components/ui/description-list'
import { RelativeTime } from '@/components/ui/relative-time'
import { environmentNames } from '../../environment-words'
import { IdValue } from '../../id-value'
import { type Credential, hostText, makerText, type ProviderMark, secretName, typeNames } from '../words'

/** Everything that is known of a credential but its secrets. */
export function CredentialDetails({ credential, mark }: { credential: Credential; mark: ProviderMark | null }) {
  const { id, environment, type, hosts, test, expires_at } = credential
  return (
    <DescriptionList>
      <DescriptionItem term="Environment">{environmentNames[environment]}</DescriptionItem>
      <DescriptionItem term="Type">{typeNames[type]}</DescriptionItem>
      <DescriptionItem term="Service">{mark?.name ?? 'Other service'}</DescriptionItem>
      <Settings credential={credential} />
      <DescriptionItem term="Hosts that the secret may be sent to">
        <MonoList items={hosts.map(hostText)} />
      </DescriptionItem>
      <DescriptionItem term="Test request">
        {test ? (
          <>
            <Mono>
              {test.method} {test.url}
            </Mono>
            <span className="block text-muted-foreground text-xs">
              Good:{' '}
              {test.good.length > 0 ? test.good.join(', ') : 'every 2xx and 3xx, but to another server or to log in'}
            </span>
          </>
        ) : type === 'oauth2' ? (
          'None: a test asks the token endpoint alone'
        ) : (
          'None'
        )}
      </DescriptionItem>
      {type === 'api_key' || type === 'bearer' ? (
        <DescriptionItem term="Expires">{expires_at ? <RelativeTime value={expires_at} /> : 'Never'}</DescriptionItem>
      ) : null}
      <DescriptionItem term="Created">
        <RelativeTime value={credential.created_at} /> by {makerText(credential)}
      </DescriptionItem>
      <DescriptionItem term="Last changed">
        <RelativeTime value={credential.updated_at} />
      </DescriptionItem>
      <DescriptionItem term="Id">
        <IdValue id={id} />
      </DescriptionItem>
    </DescriptionList>
  )
}

const authenticationNames = { basic: 'By HTTP Basic', body: 'In the body of the request', none: 'Not at all' }
const grantNames = {
  client_credentials: 'Client credentials',
  refresh_token: 'Refresh token',
  authorization_code: 'Authorization in the browser',
}

/** What the type asks for and is not secret. */
function Settings({ credential }: { credential: Credential }) {
  const { type, placement, headers, grant, token_url, client_id, client_authentication } = credential
  const { scopes = [], audience, parameters = [], authorization_url, issuer, revocation_url } = credential
  const { authorization_parameters = [] } = credential
  const what = type === 'oauth2' ? 'access token' : 'key'
  return (
    <>
      {placement ? (
        <DescriptionItem term={`Where the ${what} is sent`}>
          <Mono>
            {placement.in === 'header' ? `${placement.name}: ${placement.prefix}••••` : `?${placement.name}=••••`}
          </Mono>
        </DescriptionItem>
      ) : null}
      {headers ? (
        <DescriptionItem term="Headers">
          <MonoList items={headers} />
        </DescriptionItem>
      ) : null}
      {grant ? <DescriptionItem term="How Fenicia gets access">{grantNames[grant]}</DescriptionItem> : null}
      {[
        ['Authorization URL', authorization_url],
        ['Issuer', issuer],
        ['Revocation URL', revocation_url],
      ].map(([term, url]) =>
        url ? (
          <DescriptionItem key={term} term={term}>
            <Mono>{url}</Mono>
          </DescriptionItem>
        ) : null,
      )}
      {authorization_parameters.length > 0 ? (
        <DescriptionItem term="Other parameters of the authorization URL">
          <MonoList items={authorization_parameters.map(({ name, value }) => `${name}=${value}`)} />
        </DescriptionItem>
      ) : null}
      {token_url ? (
        <DescriptionItem term="Token URL">
          <Mono>{token_url}</Mono>
        </DescriptionItem>
      ) : null}
      {client_id ? (
        <DescriptionItem term="Client ID">
          <Mono>{client_id}</Mono>
        </DescriptionItem>
      ) : null}
      {client_authentication ? (
        <DescriptionItem term="The client authenticates">{authenticationNames[client_authentication]}</DescriptionItem>
      ) : null}
      {type === 'oauth2' ? (
        <DescriptionItem term="Scopes">
          {scopes.length > 0 ? <MonoList items={scopes} /> : 'Those that the service gives by itself'}
        </DescriptionItem>
      ) : null}
      {audience ? (
        <DescriptionItem term="Audience">
          <Mono>{audience}</Mono>
        </DescriptionItem>
      ) : null}
      {parameters.length > 0 ? (
        <DescriptionItem term="Other parameters">
          <MonoList items={parameters.map(({ name, value }) => `${name}=${value}`)} />
        </DescriptionItem>
      ) : null}
    </>
  )
}

/** When each secret was set. The secrets themselves are nowhere but in the vault. */
export function SecretTimes({ credential: { type, secret_set_at } }: { credential: Credential }) {
  return (
    <div className="grid gap-4">
      <DescriptionList>
        {Object.entries(secret_set_at).map(([field, at]) => (
          <DescriptionItem key={field} term={secretName(type, field)}>
            Set <RelativeTime value={at} />
          </DescriptionItem>
        ))}
      </DescriptionList>
      <p className="text-muted-foreground text-xs">
        Stored encrypted. Nobody can see them, here or over the API; edit the credential to replace them.
      </p>
    </div>
  )
}

function Mono({ children }: { children: React.ReactNode }) {
  return <code className="min-w-0 font-mono text-xs">{children}</code>
}

function MonoList({ items }: { items: readonly string[] }) {
  return (
    <ul className="flex flex-wrap gap-1">
      {items.map((item) => (
        <li key={item} className="flex min-w-0">
          <Badge variant="mono" className="h-auto min-h-5 max-w-full whitespace-normal">
            {item}
          </Badge>
        </li>
      ))}
    </ul>
  )
}
