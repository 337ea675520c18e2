CREATE TABLE "account_changes" (
	"single" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"row_version" bigint DEFAULT hashtextextended(gen_random_uuid()::text, 0) NOT NULL,
	CONSTRAINT "account_changes_single_check" CHECK (single)
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "row_version" bigint DEFAULT hashtextextended(gen_random_uuid()::text, 0) NOT NULL;--> statement-breakpoint
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

CREATE FUNCTION "note_account_change"() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  update account_changes set row_version = default;
  return null;
end
$$;
--> statement-breakpoint
CREATE TRIGGER "accounts_change" AFTER UPDATE OF "name" ON "accounts"
FOR EACH STATEMENT EXECUTE FUNCTION "note_account_change"();
--> statement-breakpoint
CREATE TRIGGER "account_policies_change" AFTER INSERT OR UPDATE OR DELETE ON "account_policies"
FOR EACH STATEMENT EXECUTE FUNCTION "note_account_change"();
