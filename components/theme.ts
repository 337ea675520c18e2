/** The colour theme: the system's, or the one the person chose. */
export type Theme = 'system' | 'light' | 'dark'

export const THEME_COOKIE = 'fenicia_theme'

/** Reads the theme cookie's value; anything unknown means the system's theme. */
export function themeFrom(value: string | undefined): Theme {
  return value === 'light' || value === 'dark' ? value : 'system'
}

/**
 * Switches the page's theme and remembers it for a year in a cookie of this browser. Browser only.
 * The server writes the attribute on the next page itself (app/layout.tsx), hence no inline script and no flash.
 */
export function setTheme(theme: Theme) {
  const root = document.documentElement
  if (theme === 'system') root.removeAttribute('data-theme')
  else root.setAttribute('data-theme', theme)
  const age = theme === 'system' ? 0 : 60 * 60 * 24 * 365
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser we support
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${age}; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`
}

/** The theme the page shows now. Browser only. */
export function currentTheme(): Theme {
  return themeFrom(document.documentElement.getAttribute('data-theme') ?? undefined)
}
