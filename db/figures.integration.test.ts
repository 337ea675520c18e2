import { PGlite } from '@electric-sql/pglite'
import { expect, it } from 'vitest'
import { renewFigures } from './figures'

it('has a prepared statement that was planned for a few rows go by the index once there are many', async () => {
  const client = await PGlite.create()
  try {
    await client.exec(`
      create table "Odd name" (name text primary key);
      insert into "Odd name" values ('one');
      analyze "Odd name";
      set plan_cache_mode = force_generic_plan;
      prepare find (text[]) as select count((select 1 from "Odd name" where name = wanted)) from unnest((select $1)) wanted`)
    const plan = async () => JSON.stringify((await client.query(`explain execute find ('{one}')`)).rows)
    expect(await plan()).toContain('Seq Scan on \\"Odd name\\"')
    await client.exec(`insert into "Odd name" select 'name ' || n from generate_series(1, 20000) n`)
    expect(await plan()).toContain('Seq Scan on \\"Odd name\\"')
    await renewFigures(client)
    expect(await plan()).not.toContain('Seq Scan')
  } finally {
    await client.close()
  }
})

it('leaves tables alone that have not grown', async () => {
  const client = await PGlite.create()
  try {
    await client.exec(`
      create table empty (n int);
      create table grown as select n from generate_series(1, 20000) n`)
    const asked: string[] = []
    const watched: Parameters<typeof renewFigures>[0] = {
      query: (...args) => client.query(...args),
      exec: (statement) => {
        asked.push(statement)
        return client.exec(statement)
      },
    }
    await renewFigures(watched)
    expect(asked).toEqual(['analyze public.grown'])
    await renewFigures(watched)
    expect(asked).toHaveLength(1)
  } finally {
    await client.close()
  }
})
