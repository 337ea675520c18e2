-- What an account's audit events are held together by, see docs/decisions/0023-the-audit-log-is-a-chain.md.

-- The hash of a link: of the one before it and the event. Each field is preceded by its length in bytes, so that no two
-- events are written alike; `lib/audit/chain.ts` reckons the same.
CREATE FUNCTION "audit_hash"(previous text, event "audit_events") RETURNS text LANGUAGE sql STABLE AS $$
  select encode(sha256(convert_to(string_agg(
    case when value is null then '-' else octet_length(convert_to(value, 'UTF8')) || ':' || value end, '' order by place
  ), 'UTF8')), 'hex')
  from unnest(array[
    'fenicia audit 1', previous, event.id, event.account_id,
    to_char(event.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    event.action, event.actor_kind, event.actor_id, event.actor_name, event.target_kind, event.target_id,
    event.address, event.user_agent, event.request_id, event.details::text
  ]) with ordinality as field(value, place)
$$;
--> statement-breakpoint

-- Appends events to the chain of their account, whose row is locked from here to the end of the transaction.
CREATE FUNCTION "append_audit_links"(account text, event_ids text[]) RETURNS void LANGUAGE plpgsql AS $$
declare
  chain audit_chains%rowtype;
  event audit_events%rowtype;
  next_hash text;
begin
  select * into chain from audit_chains where account_id = account for update;
  if not found then
    -- Created and deleted again in one transaction: nothing is left to chain.
    if not exists (select from accounts where id = account) then return; end if;
    insert into audit_chains (account_id) values (account) on conflict do nothing;
    select * into strict chain from audit_chains where account_id = account for update;
  end if;
  for event in
    select e.* from unnest(event_ids) with ordinality as given(id, place)
    join audit_events e on e.account_id = account and e.id = given.id order by given.place
  loop
    next_hash := audit_hash(chain.hash, event);
    chain.seq := chain.seq + 1;
    insert into audit_links (account_id, seq, event_id, previous, hash)
    values (account, chain.seq, event.id, chain.hash, next_hash);
    chain.hash := next_hash;
  end loop;
  update audit_chains set seq = chain.seq, hash = chain.hash where account_id = account;
end
$$;
--> statement-breakpoint

-- Events from before there was a chain, in the order of their age.
DO $$
declare
  account text;
begin
  for account in select id from accounts order by id loop
    perform append_audit_links(account, array(select id from audit_events where account_id = account order by id));
  end loop;
end
$$;
--> statement-breakpoint

-- Writes audit events: an array of objects with the columns' names. The only way to.
CREATE FUNCTION "append_audit_events"(events jsonb) RETURNS void LANGUAGE plpgsql AS $$
begin
  perform set_config('fenicia.appends_audit_events', 'on', true);
  insert into audit_events (
    id, account_id, action, actor_kind, actor_id, actor_name, target_kind, target_id, address, user_agent, request_id, details
  )
  select
    id, account_id, action, actor_kind, actor_id, actor_name, target_kind, target_id, address, user_agent, request_id, details
  from jsonb_to_recordset(events) as given(
    id text, account_id text, action text, actor_kind text, actor_id text, actor_name text, target_kind text,
    target_id text, address text, user_agent text, request_id text, details jsonb
  );
  perform set_config('fenicia.appends_audit_events', 'off', true);
end
$$;
--> statement-breakpoint
CREATE FUNCTION "refuse_plain_audit_insert"() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  if current_setting('fenicia.appends_audit_events', true) is distinct from 'on' then
    raise exception 'audit events are written by append_audit_events() alone' using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end
$$;
--> statement-breakpoint
CREATE TRIGGER "audit_events_insert" BEFORE INSERT ON "audit_events"
FOR EACH STATEMENT EXECUTE FUNCTION "refuse_plain_audit_insert"();
--> statement-breakpoint

-- What the transactions that are going on have written. They take their own rows out again before they end, so that the
-- table is empty to everybody.
CREATE TABLE "audit_queue" (
	"transaction" xid8 DEFAULT pg_current_xact_id() NOT NULL,
	"place" bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
	"account_id" text collate "C" NOT NULL,
	"event_ids" text[] NOT NULL,
	PRIMARY KEY ("transaction", "place")
);
--> statement-breakpoint
CREATE FUNCTION "queue_audit_events"() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  insert into audit_queue (account_id, event_ids)
  select account_id, array_agg(id order by id) from inserted group by account_id;
  return null;
end
$$;
--> statement-breakpoint
CREATE TRIGGER "audit_events_queue" AFTER INSERT ON "audit_events" REFERENCING NEW TABLE AS "inserted"
FOR EACH STATEMENT EXECUTE FUNCTION "queue_audit_events"();
--> statement-breakpoint

-- Runs as the transaction ends. The first of its rows does the work of all: one account after the other, in the order of
-- their ids, so that transactions that write to several accounts don't wait for each other crosswise.
CREATE FUNCTION "chain_audit_events"() RETURNS trigger LANGUAGE plpgsql AS $$
declare
  written record;
begin
  for written in
    with taken as (
      delete from audit_queue where transaction = pg_current_xact_id() returning place, account_id, event_ids
    )
    select account_id, array_agg(event_id order by place, n) as event_ids
    from taken, unnest(event_ids) with ordinality as listed(event_id, n)
    group by account_id order by account_id
  loop
    perform append_audit_links(written.account_id, written.event_ids);
  end loop;
  return null;
end
$$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "audit_queue_chain" AFTER INSERT ON "audit_queue" DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION "chain_audit_events"();
--> statement-breakpoint

CREATE FUNCTION "refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  raise exception '% of % is refused: the audit log is append-only', lower(tg_op), tg_table_name
    using errcode = 'integrity_constraint_violation';
end
$$;
--> statement-breakpoint
CREATE TRIGGER "audit_events_update" BEFORE UPDATE ON "audit_events"
FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_events_truncate" BEFORE TRUNCATE ON "audit_events"
FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_links_update" BEFORE UPDATE ON "audit_links"
FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_links_truncate" BEFORE TRUNCATE ON "audit_links"
FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_chains_truncate" BEFORE TRUNCATE ON "audit_chains"
FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_checkpoints_update" BEFORE UPDATE ON "audit_checkpoints"
FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_checkpoints_truncate" BEFORE TRUNCATE ON "audit_checkpoints"
FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint

-- Links are made by the trigger above alone, and so is the head moved.
CREATE FUNCTION "refuse_plain_audit_link"() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  if pg_trigger_depth() < 2 then
    raise exception 'links of the audit chain are made when a transaction ends, and by nothing else'
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end
$$;
--> statement-breakpoint
CREATE TRIGGER "audit_links_insert" BEFORE INSERT ON "audit_links"
FOR EACH STATEMENT EXECUTE FUNCTION "refuse_plain_audit_link"();
--> statement-breakpoint
CREATE TRIGGER "audit_chains_insert" BEFORE INSERT ON "audit_chains"
FOR EACH STATEMENT EXECUTE FUNCTION "refuse_plain_audit_link"();
--> statement-breakpoint

-- The beginning of the chain may be cut where the account's policy keeps events no longer, and at a link.
CREATE FUNCTION "check_audit_chain_change"() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  if new.account_id = old.account_id then
    if (new.cut_seq, new.cut_hash) = (old.cut_seq, old.cut_hash) then
      if pg_trigger_depth() >= 2 and new.seq >= old.seq then return new; end if;
    elsif (new.seq, new.hash) = (old.seq, old.hash) and new.cut_seq > old.cut_seq and exists (
      select from account_policies policy, audit_links link
      join audit_events event on event.account_id = link.account_id and event.id = link.event_id
      where policy.account_id = new.account_id and link.account_id = new.account_id
        and link.seq = new.cut_seq and link.hash = new.cut_hash
        and event.at < now() - make_interval(days => policy.audit_keep_days)
    ) then
      return new;
    end if;
  end if;
  raise exception 'the audit chain of an account only grows at its end, and is cut where its policy says so'
    using errcode = 'integrity_constraint_violation';
end
$$;
--> statement-breakpoint
CREATE TRIGGER "audit_chains_update" BEFORE UPDATE ON "audit_chains"
FOR EACH ROW EXECUTE FUNCTION "check_audit_chain_change"();
--> statement-breakpoint

-- Rows go with their account, which is gone by the time they are; and events with their links once they are cut off.
CREATE FUNCTION "refuse_audit_deletion"() RETURNS trigger LANGUAGE plpgsql AS $$
declare
  cut_off boolean := false;
begin
  if not exists (select from accounts where id = old.account_id) then return old; end if;
  if tg_table_name = 'audit_events' then
    select link.seq <= chain.cut_seq into cut_off
    from audit_links link join audit_chains chain on chain.account_id = link.account_id
    where link.account_id = old.account_id and link.event_id = old.id;
  elsif tg_table_name = 'audit_links' then
    select old.seq <= chain.cut_seq into cut_off from audit_chains chain where chain.account_id = old.account_id;
  end if;
  if cut_off then return old; end if;
  raise exception 'delete of % is refused: the audit log is append-only', tg_table_name
    using errcode = 'integrity_constraint_violation';
end
$$;
--> statement-breakpoint
CREATE TRIGGER "audit_events_delete" BEFORE DELETE ON "audit_events"
FOR EACH ROW EXECUTE FUNCTION "refuse_audit_deletion"();
--> statement-breakpoint
CREATE TRIGGER "audit_links_delete" BEFORE DELETE ON "audit_links"
FOR EACH ROW EXECUTE FUNCTION "refuse_audit_deletion"();
--> statement-breakpoint
CREATE TRIGGER "audit_chains_delete" BEFORE DELETE ON "audit_chains"
FOR EACH ROW EXECUTE FUNCTION "refuse_audit_deletion"();
--> statement-breakpoint
CREATE TRIGGER "audit_checkpoints_delete" BEFORE DELETE ON "audit_checkpoints"
FOR EACH ROW EXECUTE FUNCTION "refuse_audit_deletion"();
