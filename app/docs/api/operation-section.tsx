import { Badge } from '@/components/ui/badge'
import { CodeBlock } from '@/components/ui/code-block'
import { type ProblemCode, problemAnchor } from '@/lib/api'
import { FieldList } from './field-list'
import { Heading } from './heading'
import type { Answer, ErrorAnswer, Operation } from './operations'
import { Prose } from './prose'

/** One call: what it takes and answers at the left, a request and an answer to look at on the right. */
export function OperationSection({ operation }: { operation: Operation }) {
  return (
    <section
      aria-labelledby={operation.id}
      className="grid gap-x-10 gap-y-6 border-border border-t py-8 xl:grid-cols-[minmax(0,1fr)_minmax(0,26rem)]"
    >
      <div className="grid min-w-0 content-start gap-5">
        <div className="grid gap-2">
          <Heading level={3} id={operation.id}>
            {operation.summary}
          </Heading>
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-mono text-xs">
            <Badge variant="solid">{operation.method}</Badge>
            <span className="[overflow-wrap:anywhere]">{operation.path}</span>
          </p>
          {operation.description ? (
            <p className="max-w-prose text-muted-foreground">
              <Prose text={operation.description} />
            </p>
          ) : null}
          <Requirement operation={operation} />
        </div>
        <FieldList sent title="In the path" fields={operation.parameters.path} />
        <FieldList sent title="In the query" fields={operation.parameters.query} />
        {operation.body ? (
          <FieldList sent title={`In the body (${operation.body.mediaType})`} fields={operation.body.fields} />
        ) : null}
        {operation.answers.map((answer) => (
          <AnswerPart key={answer.status} answer={answer} />
        ))}
        <Errors errors={operation.errors} />
      </div>
      <div className="grid min-w-0 content-start gap-4">
        <CodeBlock label="curl" code={operation.curl} />
        {operation.sample ? <CodeBlock label="Answer" code={operation.sample} copyable={false} /> : null}
      </div>
    </section>
  )
}

function Requirement({ operation: { scopes, schemes } }: { operation: Operation }) {
  return (
    <p className="text-muted-foreground text-sm">
      Needs an API key
      {scopes.length > 0 ? ' with the scope ' : ', whatever its scopes'}
      {scopes.map((scope) => (
        <Badge key={scope} variant="mono">
          {scope}
        </Badge>
      ))}
      {schemes.includes('basic') ? ', as Bearer or as HTTP Basic' : null}.
    </p>
  )
}

function AnswerPart({ answer }: { answer: Answer }) {
  return (
    <div className="grid gap-2">
      <p className="text-sm">
        <span className="font-medium">Answers {answer.status}</span>
        {answer.object ? (
          <>
            {' with '}
            <a href={`#${answer.object}`} className="underline underline-offset-2">
              {answer.object}
            </a>
          </>
        ) : null}
        {'. '}
        <span className="text-muted-foreground">
          <Prose text={answer.description} />
        </span>
      </p>
      <FieldList title="In the answer" fields={answer.fields} />
    </div>
  )
}

function Errors({ errors }: { errors: ErrorAnswer[] }) {
  return (
    <details className="group text-sm">
      <summary className="w-fit rounded text-muted-foreground hover:text-foreground">
        Errors: {errors.map(({ status }) => status).join(', ')}
      </summary>
      <dl className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5">
        {errors.map(({ status, codes }) => (
          <div key={status} className="contents">
            <dt className="font-mono text-muted-foreground text-xs leading-5">{status}</dt>
            <dd className="flex flex-wrap gap-x-3 gap-y-0.5">
              {codes.map((code) => (
                <a
                  key={code}
                  href={`#${problemAnchor(code as ProblemCode)}`}
                  className="font-mono text-xs leading-5 underline underline-offset-2"
                >
                  {code}
                </a>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
