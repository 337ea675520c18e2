import type { Metadata } from 'next'
import Link from 'next/link'
import { DocsShell } from '@/components/shell/docs-shell'
import { buttonVariants } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy-button'
import { PageHeader } from '@/components/ui/page-header'
import { Contents } from './contents'
import { apiAddress, apiDocument } from './document'
import { FieldList } from './field-list'
import { Heading } from './heading'
import { Introduction } from './introduction'
import { OperationSection } from './operation-section'
import { eventsOf, groupsOf, objectsOf } from './operations'
import { fieldsOf, resolve } from './schema'

export const metadata: Metadata = { title: 'API reference' }

/** How external apps call Fenicia, made from the OpenAPI document of this very server. Open to everyone. */
export default function ApiReferencePage() {
  const document = apiDocument()
  const groups = groupsOf(document)
  const events = eventsOf(document)
  const objects = objectsOf(document)
  return (
    <DocsShell title="API reference" contents={<Contents groups={groups} events={events} objects={objects} />}>
      <PageHeader
        title="API reference"
        description="Call Fenicia from your own programs. Every call carries an API key."
        action={
          <a href="/api/v1/openapi.json" className={buttonVariants()}>
            OpenAPI document
          </a>
        }
      />
      <p className="flex items-center gap-2 pb-8">
        <span className="text-muted-foreground text-sm">Base address</span>
        <code className="min-w-0 font-mono text-xs [overflow-wrap:anywhere]">{apiAddress()}</code>
        <CopyButton value={apiAddress()} label="Copy base address" />
      </p>
      <Introduction />
      {groups.map((group) => (
        <div key={group.id}>
          <header className="grid gap-1 border-border border-t pt-8 pb-6">
            <Heading level={2} id={group.id}>
              {group.name}
            </Heading>
            <p className="text-muted-foreground">{group.description}</p>
          </header>
          {group.operations.map((operation) => (
            <OperationSection key={operation.id} operation={operation} />
          ))}
        </div>
      ))}
      <section aria-labelledby="events" className="border-border border-t pt-8">
        <Heading level={2} id="events">
          Events
        </Heading>
        <p className="text-muted-foreground">
          What webhooks are told of. A message is JSON with <code className="font-mono text-xs">type</code>,{' '}
          <code className="font-mono text-xs">timestamp</code> and <code className="font-mono text-xs">data</code>,
          signed as Standard Webhooks has it.
        </p>
        <div className="grid gap-8 py-6">
          {events.map(({ id, type, summary, fields }) => (
            <section key={id} aria-labelledby={id} className="grid max-w-2xl gap-3">
              <Heading level={3} id={id}>
                {type}
              </Heading>
              <p className="text-sm">{summary}.</p>
              <FieldList title="Fields of data" fields={fields} />
            </section>
          ))}
        </div>
      </section>
      <section aria-labelledby="objects" className="border-border border-t pt-8">
        <Heading level={2} id="objects">
          Objects
        </Heading>
        <div className="grid gap-8 py-6">
          {objects.map((name) => (
            <section key={name} aria-labelledby={name} className="grid max-w-2xl gap-3">
              <Heading level={3} id={name}>
                {name}
              </Heading>
              <FieldList
                title="Fields"
                fields={fieldsOf(document, resolve(document, { $ref: `#/components/schemas/${name}` }))}
              />
            </section>
          ))}
        </div>
      </section>
      <p className="border-border border-t py-8 text-muted-foreground text-sm">
        To make or revoke a key, go to{' '}
        <Link href="/settings/api-keys" className="text-foreground underline underline-offset-2">
          Settings → API Keys
        </Link>
        .
      </p>
    </DocsShell>
  )
}
