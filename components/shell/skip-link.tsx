/** The first thing the Tab key meets: past the header and the menus, to the page itself (`<main id="content">`). */
export function SkipLink() {
  return (
    <a
      href="#content"
      className="fixed top-2 left-2 z-50 -translate-y-16 rounded bg-primary px-3 py-2 font-medium text-primary-foreground text-sm shadow focus:translate-y-0"
    >
      Skip to content
    </a>
  )
}
