import { Code, Prose } from './prose'
import type { Field } from './schema'

/**
 * Fields with their types, what they mean and what they may be. Of what is sent, those that must be there are marked; of what
 * is answered, those that may be absent.
 */
export function FieldList({ title, fields, sent = false }: { title: string; fields: Field[]; sent?: boolean }) {
  if (fields.length === 0) return null
  return (
    <div className="min-w-0">
      <h4 className="border-border border-b pb-2 font-medium text-sm">{title}</h4>
      <Fields fields={fields} sent={sent} />
    </div>
  )
}

function Fields({ fields, sent }: { fields: Field[]; sent: boolean }) {
  return (
    <ul className="divide-y divide-border">
      {fields.map((field) => (
        <li key={field.name} className="grid gap-1 py-2.5 text-sm">
          <p className="flex flex-wrap items-baseline gap-x-2">
            <code className="font-medium font-mono text-foreground text-xs">{field.name}</code>
            <span className="text-muted-foreground text-xs">
              <FieldType field={field} />
              {field.limits ? `, ${field.limits}` : null}
            </span>
            {field.required === sent ? (
              <span className="text-foreground text-xs">{sent ? 'required' : 'may be absent'}</span>
            ) : null}
          </p>
          {field.description ? (
            <p className="text-muted-foreground">
              <Prose text={field.description} />
            </p>
          ) : null}
          <FieldValues field={field} />
          {field.fields.length > 0 ? (
            <div className="ml-1 border-border border-l pl-4">
              <Fields fields={field.fields} sent={sent} />
            </div>
          ) : null}
        </li>
      ))}
    </ul>
  )
}

/** The type, with a link to the object that it names. */
function FieldType({ field: { type, object } }: { field: Field }) {
  if (!object) return type
  const [before, after] = type.split(object)
  return (
    <>
      {before}
      <a
        href={object === 'Scope' ? '#scopes' : `#${object}`}
        className="underline underline-offset-2 hover:text-foreground"
      >
        {object}
      </a>
      {after}
    </>
  )
}

function FieldValues({ field: { values, fallback } }: { field: Field }) {
  const isDefault = (value: string) => JSON.stringify(value) === fallback
  if (values.length === 0) {
    return fallback === undefined ? null : (
      <p className="text-muted-foreground text-xs">
        Default <Code>{fallback}</Code>
      </p>
    )
  }
  return (
    <p className="flex flex-wrap gap-x-1.5 gap-y-1 text-muted-foreground text-xs">
      {values.map((value) => (
        <span key={value}>
          <Code>{value}</Code>
          {isDefault(value) ? ' (default)' : null}
        </span>
      ))}
    </p>
  )
}
