CREATE TABLE "bulk_revocation_outcomes" (
	"account_id" text collate "C" NOT NULL,
	"revocation_id" text collate "C" NOT NULL,
	"key_id" text collate "C" NOT NULL,
	"name" text,
	"outcome" text NOT NULL,
	CONSTRAINT "bulk_revocation_outcomes_revocation_id_key_id_pk" PRIMARY KEY("revocation_id","key_id"),
	CONSTRAINT "bulk_revocation_outcomes_check" CHECK (outcome in ('revoked', 'used_meanwhile', 'revoked_before', 'not_found'))
);
--> statement-breakpoint
CREATE TABLE "credential_uses" (
	"account_id" text collate "C" NOT NULL,
	"credential_id" text collate "C" PRIMARY KEY NOT NULL,
	"last_used_at" timestamp with time zone,
	"known_since" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "review_decisions" (
	"account_id" text collate "C" NOT NULL,
	"kind" text NOT NULL,
	"subject_id" text collate "C" NOT NULL,
	"finding" text NOT NULL,
	"reason" text NOT NULL,
	"until" timestamp with time zone NOT NULL,
	"by_id" text collate "C",
	"by_name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "review_decisions_account_id_subject_id_finding_pk" PRIMARY KEY("account_id","subject_id","finding"),
	CONSTRAINT "review_decisions_kind_check" CHECK (kind in ('key', 'credential'))
);
--> statement-breakpoint
CREATE TABLE "api_key_rehearsal_calls" (
	"account_id" text collate "C" NOT NULL,
	"key_id" text collate "C" NOT NULL,
	"rehearsed_at" timestamp with time zone NOT NULL,
	"address" text NOT NULL,
	"user_agent" text NOT NULL,
	"method" text NOT NULL,
	"path" text NOT NULL,
	"integration" text NOT NULL,
	"calls" bigint NOT NULL,
	"first_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	CONSTRAINT "api_key_rehearsal_calls_key_id_rehearsed_at_address_user_agent_method_path_integration_pk" PRIMARY KEY("key_id","rehearsed_at","address","user_agent","method","path","integration")
);
--> statement-breakpoint
CREATE TABLE "api_key_scope_uses" (
	"account_id" text collate "C" NOT NULL,
	"key_id" text collate "C" NOT NULL,
	"scope" text NOT NULL,
	"first_used_at" timestamp with time zone NOT NULL,
	"last_used_at" timestamp with time zone NOT NULL,
	CONSTRAINT "api_key_scope_uses_key_id_scope_pk" PRIMARY KEY("key_id","scope")
);
--> statement-breakpoint
CREATE TABLE "api_key_usage_hours" (
	"account_id" text collate "C" NOT NULL,
	"key_id" text collate "C" NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"span" text DEFAULT 'hour' NOT NULL,
	"requests" bigint NOT NULL,
	"refused" bigint NOT NULL,
	"refusals" jsonb NOT NULL,
	"statuses" jsonb NOT NULL,
	"scopes" jsonb NOT NULL,
	"addresses" jsonb NOT NULL,
	CONSTRAINT "api_key_usage_hours_key_id_hour_span_pk" PRIMARY KEY("key_id","hour","span"),
	CONSTRAINT "api_key_usage_hours_span_check" CHECK (span in ('hour', 'day'))
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "rehearsed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "rehearsing_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "rehearsed_by_name" text;--> statement-breakpoint
ALTER TABLE "bulk_revocation_outcomes" ADD CONSTRAINT "bulk_revocation_outcomes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_revocation_outcomes" ADD CONSTRAINT "bulk_revocation_outcomes_revocation_id_bulk_revocations_id_fk" FOREIGN KEY ("revocation_id") REFERENCES "public"."bulk_revocations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credential_uses" ADD CONSTRAINT "credential_uses_account_id_credential_id_credentials_account_id_id_fk" FOREIGN KEY ("account_id","credential_id") REFERENCES "public"."credentials"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "review_decisions" ADD CONSTRAINT "review_decisions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_key_rehearsal_calls" ADD CONSTRAINT "api_key_rehearsal_calls_account_id_key_id_api_keys_account_id_id_fk" FOREIGN KEY ("account_id","key_id") REFERENCES "public"."api_keys"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_key_scope_uses" ADD CONSTRAINT "api_key_scope_uses_account_id_key_id_api_keys_account_id_id_fk" FOREIGN KEY ("account_id","key_id") REFERENCES "public"."api_keys"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_key_usage_hours" ADD CONSTRAINT "api_key_usage_hours_account_id_key_id_api_keys_account_id_id_fk" FOREIGN KEY ("account_id","key_id") REFERENCES "public"."api_keys"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "credential_uses_account_idx" ON "credential_uses" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "api_key_scope_uses_account_idx" ON "api_key_scope_uses" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "api_key_usage_hours_hour_idx" ON "api_key_usage_hours" USING btree ("hour");--> statement-breakpoint
CREATE INDEX "api_keys_rehearsing_idx" ON "api_keys" USING btree ("rehearsing_until") WHERE rehearsing_until is not null;--> statement-breakpoint
INSERT INTO "credential_uses" ("account_id", "credential_id", "last_used_at")
SELECT c."account_id", c."id", (
	SELECT max(p."at") FROM "proxy_calls" p WHERE p."account_id" = c."account_id" AND p."credential_id" = c."id")
FROM "credentials" c;
