import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createTestDatabase, type Driver, forEachDatabase } from '@/test/databases'
import { openDatabase } from './client'
import { sessionProblem } from './session-settings'

/** As its next connections find it. */
async function withSettings(driver: Driver, settings: Record<string, string>): Promise<string | null> {
  const { config, drop } = await createTestDatabase(driver)
  try {
    const before = await openDatabase(config)
    for (const [name, value] of Object.entries(settings)) {
      await before.db.execute(
        sql.raw(`
        do $$ begin execute format('alter database %I set ${name} = %L', current_database(), '${value}'); end $$`),
      )
    }
    await before.close()
    const database = await openDatabase(config)
    try {
      return await sessionProblem(database.db)
    } finally {
      await database.close()
    }
  } finally {
    await drop()
  }
}

forEachDatabase('the settings of sessions', (open) => {
  it('as they come are fine', async () => {
    expect(await sessionProblem((await open()).db)).toBeNull()
  })
})

describe.each(['pg', 'neon'] as const)('the settings of sessions (%s)', (driver) => {
  it.each(['German', 'SQL, DMY', 'Postgres, MDY'])(
    'are told of where dates are written in the style %s',
    async (style) => {
      const problem = await withSettings(driver, { DateStyle: style })
      expect(problem).toContain(style.split(',')[0])
      expect(problem).toMatch(/\n {2}alter role \w+ in database \w+ set datestyle = 'ISO';\n/)
    },
  )

  it('may have another order of days, zone, or form of intervals and bytes', async () => {
    const others = {
      DateStyle: 'ISO, DMY',
      TimeZone: 'America/St_Johns',
      IntervalStyle: 'sql_standard',
      bytea_output: 'escape',
    }
    expect(await withSettings(driver, others)).toBeNull()
  })
})
