/** The document's words: what stands in backticks is code. */
export function Prose({ text }: { text: string }) {
  return text.split(/`([^`]+)`/).map((part, index) =>
    // Every second part stood in backticks.
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a fixed text have no name but their place
    index % 2 === 1 ? <Code key={index}>{part}</Code> : part,
  )
}

/** A name, a header, a value: what is typed as it stands. */
export function Code({ children }: { children: React.ReactNode }) {
  return (
    <code className="rounded-[4px] bg-muted px-1 py-px font-mono text-[0.92em] text-foreground [overflow-wrap:anywhere]">
      {children}
    </code>
  )
}
