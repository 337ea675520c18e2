import { introduction } from './introduction'
import type { EventType, OperationGroup } from './operations'

/** The table of contents: a column beside the page, on small screens folded above it. */
export function Contents({
  groups,
  events,
  objects,
}: {
  groups: OperationGroup[]
  events: EventType[]
  objects: string[]
}) {
  const list = (
    <div className="grid gap-5">
      <ContentsPart title="Overview" items={introduction.map(({ id, title }) => ({ id, title }))} />
      {groups.map(({ id, name, operations }) => (
        <ContentsPart key={id} title={name} items={operations.map((one) => ({ id: one.id, title: one.summary }))} />
      ))}
      <ContentsPart title="Events" items={events.map(({ id, type }) => ({ id, title: type }))} />
      <ContentsPart title="Objects" items={objects.map((name) => ({ id: name, title: name }))} />
    </div>
  )
  return (
    <>
      <nav
        aria-label="On this page"
        className="sticky top-14 hidden max-h-[calc(100dvh-3.5rem)] w-56 shrink-0 self-start overflow-y-auto py-8 pr-2 md:block"
      >
        {list}
      </nav>
      <details className="mx-4 mt-4 rounded border border-border bg-card md:hidden">
        <summary className="px-4 py-3 font-medium text-sm">On this page</summary>
        <nav aria-label="On this page" className="border-border border-t px-4 py-4">
          {list}
        </nav>
      </details>
    </>
  )
}

function ContentsPart({ title, items }: { title: string; items: { id: string; title: string }[] }) {
  return (
    <div>
      <p className="pb-1 font-medium text-muted-foreground text-xs">{title}</p>
      <ul>
        {items.map((item) => (
          <li key={item.id}>
            <a
              href={`#${item.id}`}
              className="flex min-h-7 items-center rounded py-1 text-muted-foreground text-sm leading-5 hover:text-foreground pointer-coarse:min-h-10"
            >
              {item.title}
            </a>
          </li>
        ))}
      </ul>
    </div>
  )
}
