/** Runs once when Next starts a server, before the first request. */
export async function register() {
  // Next compiles this file for the edge too, where nothing of it applies.
  if (process.env.NEXT_RUNTIME === 'nodejs') await (await import('./instrumentation-node')).start()
}
