import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card'
import { CodeBlock } from '@/components/ui/code-block'
import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/ui/tabs'
import { proxyAddress } from '../paths'
import type { Integration } from '../words'
import { exampleCall } from './example-call'
import { callSnippets } from './snippets'

/** A call that works as it stands, in three languages. Made by the server: nothing of it changes while it is looked at. */
export function RequestCard({ origin, integration }: { origin: string; integration: Integration }) {
  const snippets = callSnippets(proxyAddress(origin, integration.slug), exampleCall(integration))
  return (
    <Card aria-label="Call it from an app">
      <CardHeader>
        <CardTitle>Call it from an app</CardTitle>
        <CardDescription>
          Set <code className="font-mono text-foreground">FENICIA_TOKEN</code> to the token of a{' '}
          {integration.environment} API key with the scope{' '}
          <code className="font-mono text-foreground">integrations:use</code>. Fenicia puts the secret in its place.
        </CardDescription>
      </CardHeader>
      <CardContent>
        <Tabs defaultValue="curl">
          <TabsList aria-label="Language">
            {snippets.map(({ id, name }) => (
              <TabsTrigger key={id} value={id}>
                {name}
              </TabsTrigger>
            ))}
          </TabsList>
          {snippets.map(({ id, name, hint, code }) => (
            <TabsContent key={id} value={id}>
              <CodeBlock label={`${name} request`} code={code} />
              <p className="mt-1.5 text-muted-foreground text-xs">{hint}</p>
            </TabsContent>
          ))}
        </Tabs>
      </CardContent>
    </Card>
  )
}
