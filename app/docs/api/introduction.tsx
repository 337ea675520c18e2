import { CodeBlock } from '@/components/ui/code-block'
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table'
import { MAX_BODY_BYTES, type ProblemCode, problemAnchor, problemCodes } from '@/lib/api'
import { scopeCatalogue } from '@/lib/api-keys'
import { apiAddress, apiDocument } from './document'
import { Heading } from './heading'
import { Code } from './prose'
import { readableJson, sampleOf } from './schema'

/** The parts of the introduction, as the table of contents lists them. */
export const introduction = [
  { id: 'authentication', title: 'Authentication' },
  { id: 'scopes', title: 'Scopes' },
  { id: 'requests', title: 'Requests and answers' },
  { id: 'limits', title: 'Limits of a key' },
  { id: 'errors', title: 'Errors' },
  { id: 'paging', title: 'Paging' },
  { id: 'cors', title: 'Calls from browsers' },
] as const

function Part({
  id,
  example,
  children,
}: {
  id: (typeof introduction)[number]['id']
  example?: React.ReactNode
  children: React.ReactNode
}) {
  const title = introduction.find((part) => part.id === id)?.title ?? id
  return (
    <section
      aria-labelledby={id}
      className="grid gap-x-10 gap-y-4 border-border border-t py-8 xl:grid-cols-[minmax(0,1fr)_minmax(0,26rem)]"
    >
      <div className="grid min-w-0 content-start gap-3 text-muted-foreground [&>p]:max-w-prose [&_h2]:text-foreground">
        <Heading level={2} id={id}>
          {title}
        </Heading>
        {children}
      </div>
      {example ? <div className="grid min-w-0 content-start gap-4">{example}</div> : null}
    </section>
  )
}

/** What holds for every call. */
export function Introduction() {
  const address = apiAddress()
  return (
    <>
      <Part
        id="authentication"
        example={
          <>
            <CodeBlock label="Once, in your shell" code="export FENICIA_TOKEN=fn_live_…" />
            <CodeBlock label="curl" code={`curl ${address}/me \\\n  -H "Authorization: Bearer $FENICIA_TOKEN"`} />
          </>
        }
      >
        <p>
          Every call carries the token of an API key in the <Code>Authorization</Code> header, as <Code>Bearer</Code>.
          Keys are generated under Settings → API Keys; their token is shown once.
        </p>
        <p>
          Keys are checked at every request: once a revoke has answered, no later request with that key is accepted. A
          token in the URL is refused, because logs keep URLs.
        </p>
        <p>
          Tokens begin with <Code>fn_live_</Code> or <Code>fn_test_</Code>. A test key sees and makes test keys only.
        </p>
      </Part>
      <Part id="scopes">
        <p>
          A key may do what its scopes say. A scope is <Code>resource:action</Code>; <Code>orders:*</Code> is all of a
          resource. A key can never grant what it does not have.
        </p>
        <ul className="grid gap-1.5 text-sm">
          {Object.entries(scopeCatalogue).map(([resource, actions]) => (
            <li key={resource} className="flex flex-wrap gap-1.5">
              {actions.map((action) => (
                <Code key={action}>{`${resource}:${action}`}</Code>
              ))}
            </li>
          ))}
        </ul>
      </Part>
      <Part id="requests">
        <p>
          Bodies are JSON in UTF-8 of at most {MAX_BODY_BYTES / 1024} KiB, sent as <Code>application/json</Code>; a
          field that a call does not know is refused, so that a typo does not pass for a setting. Times are ISO 8601 in
          UTC.
        </p>
        <p>
          Every answer has an <Code>X-Request-Id</Code> to quote when something is wrong, and is never to be cached (
          <Code>Cache-Control: no-store</Code>).
        </p>
      </Part>
      <Part
        id="limits"
        example={
          <CodeBlock
            label="Headers of an answer"
            copyable={false}
            code={'RateLimit-Policy: "default";q=100;w=60\nRateLimit: "default";r=42;t=17'}
          />
        }
      >
        <p>
          A key may make 100 requests in 60 seconds, unless it was given another rate, and may have a quota for each
          calendar month (UTC). Every answer to it tells of both in <Code>RateLimit-Policy</Code> and{' '}
          <Code>RateLimit</Code> (draft-ietf-httpapi-ratelimit-headers-11): <Code>default</Code> is the rate,{' '}
          <Code>monthly</Code> the quota, <Code>r</Code> what is left and <Code>t</Code> for how many seconds. What is
          beyond is answered 429 with <Code>Retry-After</Code>, and was not done.
        </p>
        <p>
          A key may be bound to addresses and methods, and an account may bind all its keys to addresses. A key that is
          paused is refused until somebody resumes it.
        </p>
      </Part>
      <Part id="errors" example={<CodeBlock label="An error" copyable={false} code={readableJson(sampleProblem())} />}>
        <p>
          An error is a problem object as of RFC 9457, sent as <Code>application/problem+json</Code>. Programs go by its{' '}
          <Code>code</Code>; <Code>detail</Code> says to a person what happened and what to do. Where fields are wrong,{' '}
          <Code>errors</Code> names each with its rule. On 503, <Code>Retry-After</Code> says after how many seconds to
          try again.
        </p>
        <p>What belongs to another account is answered as what does not exist.</p>
      </Part>
      <ErrorCodes />
      <Part id="paging" example={<CodeBlock label="The next page" code={nextPage(address)} />}>
        <p>
          Lists answer a page in <Code>data</Code> with <Code>next_cursor</Code>. Send the cursor back as{' '}
          <Code>cursor</Code>, with filters and sorting as they were, for the page after; where it is <Code>null</Code>{' '}
          there is none. <Code>limit</Code> sets a page’s size, from 1 to 100. Lists and reviews of keys and
          credentials, and the list of integrations, tell the <Code>total</Code> too.
        </p>
      </Part>
      <Part id="cors">
        <p>
          Pages in a browser may call the API only from origins that the operator has allowed with{' '}
          <Code>FENICIA_CORS_ORIGINS</Code>; by default there are none. A key in a web page can be read by whoever opens
          it: call from a server where you can.
        </p>
      </Part>
    </>
  )
}

function nextPage(address: string): string {
  return `curl -G ${address}/keys \\\n  -H "Authorization: Bearer $FENICIA_TOKEN" \\\n  -d limit=100 \\\n  -d cursor="$NEXT_CURSOR"`
}

function sampleProblem(): unknown {
  const { errors: _, ...problem } = sampleOf(apiDocument(), { $ref: '#/components/schemas/Problem' }) as {
    errors: unknown
  }
  return problem
}

function ErrorCodes() {
  return (
    <div className="mb-8 rounded border border-border bg-card">
      <Table aria-label="Error codes">
        <TableHeader>
          <TableRow>
            <TableHead>Code</TableHead>
            <TableHead>Status</TableHead>
            <TableHead>Meaning</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {Object.entries(problemCodes).map(([code, { status, title }]) => (
            <TableRow key={code} id={problemAnchor(code as ProblemCode)} className="scroll-mt-20 target:bg-muted">
              <TableCell>
                <code className="font-mono text-xs">{code}</code>
              </TableCell>
              <TableCell label="Status">{status}</TableCell>
              <TableCell wrap>{title}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  )
}
