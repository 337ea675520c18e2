CREATE TABLE "account_changes" (
	"single" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"row_version" bigint DEFAULT hashtextextended(gen_random_uuid()::text, 0) NOT NULL,
	CONSTRAINT "account_changes_single_check" CHECK (single)
);
--> statement-breakpoint

-- One version for all that are there, which each leaves with its first change: a default that is reckoned for each row would
-- write the table anew, and keep every look-up waiting meanwhile.
DO $$ begin
  execute format('alter table api_keys add column row_version bigint not null default %s', hashtextextended(gen_random_uuid()::text, 0));
end $$;
--> statement-breakpoint
ALTER TABLE "api_keys" ALTER COLUMN "row_version" SET DEFAULT hashtextextended(gen_random_uuid()::text, 0);
--> statement-breakpoint
INSERT INTO "account_changes" DEFAULT VALUES;
--> statement-breakpoint

-- Whoever changes a row need not think of its version, and cannot keep it.
CREATE FUNCTION "renew_row_version"() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  new.row_version := hashtextextended(gen_random_uuid()::text, 0);
  return new;
end
$$;
--> statement-breakpoint
CREATE TRIGGER "api_keys_row_version" BEFORE UPDATE ON "api_keys"
FOR EACH ROW EXECUTE FUNCTION "renew_row_version"();
--> statement-breakpoint

-- Only for what is said of keys: it has them all read anew, and who else changes such a thing waits until this one is done.
CREATE FUNCTION "note_account_change"() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  execute format('update %I.account_changes set row_version = default', tg_table_schema);
  return null;
end
$$;
--> statement-breakpoint
CREATE TRIGGER "accounts_change" AFTER UPDATE ON "accounts"
FOR EACH ROW WHEN (old.name IS DISTINCT FROM new.name) EXECUTE FUNCTION "note_account_change"();
--> statement-breakpoint
CREATE TRIGGER "account_policies_made" AFTER INSERT ON "account_policies"
FOR EACH ROW WHEN (new.key_addresses IS NOT NULL) EXECUTE FUNCTION "note_account_change"();
--> statement-breakpoint
CREATE TRIGGER "account_policies_changed" AFTER UPDATE ON "account_policies"
FOR EACH ROW WHEN (old.key_addresses IS DISTINCT FROM new.key_addresses OR old.account_id <> new.account_id)
EXECUTE FUNCTION "note_account_change"();
--> statement-breakpoint
CREATE TRIGGER "account_policies_gone" AFTER DELETE ON "account_policies"
FOR EACH ROW WHEN (old.key_addresses IS NOT NULL) EXECUTE FUNCTION "note_account_change"();
--> statement-breakpoint
CREATE TRIGGER "account_policies_emptied" AFTER TRUNCATE ON "account_policies"
FOR EACH STATEMENT EXECUTE FUNCTION "note_account_change"();
