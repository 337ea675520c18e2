/** The colour theme: the system's, or the one the person chose. */
export type Theme = (typeof themes)[number]

/** In the order of the menus. */
export const themes = ['system', 'light', 'dark'] as const

/** Each theme as the menus call it. */
export const themeNames: Record<Theme, string> = { system: 'System theme', light: 'Light theme', dark: 'Dark theme' }

export const THEME_COOKIE = 'fenicia_theme'

const A_YEAR_S = 60 * 60 * 24 * 365

/** Reads the theme cookie's value; anything unknown means the system's theme. */
export function themeFrom(value: string | undefined): Theme {
  return value === 'light' || value === 'dark' ? value : 'system'
}

/** The theme the page shows now. Browser only. */
export function currentTheme(): Theme {
  return themeFrom(document.documentElement.dataset.theme)
}

/**
 * Switches the page's theme and remembers it for a year in a cookie of this browser. Browser only.
 * The server writes the attribute on the next page itself (app/layout.tsx), hence no inline script and no flash.
 */
export function setTheme(theme: Theme) {
  const root = document.documentElement
  if (theme === 'system') delete root.dataset.theme
  else root.dataset.theme = theme
  const secure = location.protocol === 'https:' ? '; secure' : ''
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser we support
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${theme === 'system' ? 0 : A_YEAR_S}; samesite=lax${secure}`
}
