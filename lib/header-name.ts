/** A header's name as services see it, many of which take `X_Api_Key` for `X-Api-Key`. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}
