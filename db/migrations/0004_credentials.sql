CREATE TABLE "credential_drafts" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"account_id" text collate "C" NOT NULL,
	"credential_id" text collate "C",
	"form" jsonb NOT NULL,
	"secret_set_at" jsonb NOT NULL,
	"hosts" text[] NOT NULL,
	"tested_at" timestamp with time zone,
	"test_result" text,
	"test_detail" text,
	"created_by_kind" text NOT NULL,
	"created_by_id" text collate "C",
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "credential_drafts_account_id_key" UNIQUE("account_id","id")
);
--> statement-breakpoint
CREATE TABLE "credentials" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"account_id" text collate "C" NOT NULL,
	"name" text NOT NULL,
	"name_held" text NOT NULL,
	"type" text NOT NULL,
	"provider" text,
	"settings" jsonb NOT NULL,
	"secret_set_at" jsonb NOT NULL,
	"hosts" text[] NOT NULL,
	"test" jsonb,
	"expires_at" timestamp with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"tested_at" timestamp with time zone,
	"test_result" text,
	"test_detail" text,
	"tested_by_name" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by_kind" text NOT NULL,
	"created_by_id" text collate "C",
	"created_by_name" text NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "credentials_account_id_key" UNIQUE("account_id","id"),
	CONSTRAINT "credentials_type_check" CHECK (type in ('api_key', 'oauth2', 'bearer', 'basic', 'headers')),
	CONSTRAINT "credentials_test_result_check" CHECK (test_result in ('good', 'refused', 'unproven', 'failed')),
	CONSTRAINT "credentials_name_check" CHECK (char_length(name) between 1 and 64)
);
--> statement-breakpoint
CREATE TABLE "token_sets" (
	"account_id" text collate "C" NOT NULL,
	"owner_id" text collate "C" NOT NULL,
	"version" integer DEFAULT 0 NOT NULL,
	"obtained_at" timestamp with time zone,
	"expires_at" timestamp with time zone,
	"fence" bigint DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"refused_error" text,
	"refused_at" timestamp with time zone,
	CONSTRAINT "token_sets_account_id_owner_id_pk" PRIMARY KEY("account_id","owner_id")
);
--> statement-breakpoint
CREATE TABLE "integrations" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"account_id" text collate "C" NOT NULL,
	"name" text NOT NULL,
	"slug" text collate "C" NOT NULL,
	"credential_id" text collate "C",
	"base_url" text NOT NULL,
	"methods" text[] NOT NULL,
	"paths" text[] NOT NULL,
	"headers" jsonb NOT NULL,
	"timeout_ms" integer NOT NULL,
	"state" text NOT NULL,
	"expired_token" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by_kind" text NOT NULL,
	"created_by_id" text collate "C",
	"created_by_name" text NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "integrations_account_id_key" UNIQUE("account_id","id"),
	CONSTRAINT "integrations_state_check" CHECK (state in ('enabled', 'paused')),
	CONSTRAINT "integrations_name_check" CHECK (char_length(name) between 1 and 64)
);
--> statement-breakpoint
CREATE TABLE "proxy_calls" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"account_id" text collate "C" NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"key_id" text collate "C",
	"user_id" text collate "C",
	"integration_id" text collate "C" NOT NULL,
	"credential_id" text collate "C" NOT NULL,
	"host" text NOT NULL,
	"method" text NOT NULL,
	"path" text NOT NULL,
	"outcome" text NOT NULL,
	"status" integer NOT NULL,
	"latency_ms" integer NOT NULL,
	"total_ms" integer NOT NULL,
	"request_bytes" bigint NOT NULL,
	"response_bytes" bigint NOT NULL,
	"request_id" text collate "C" NOT NULL,
	CONSTRAINT "proxy_calls_outcome_check" CHECK (outcome in ('answered', 'unreachable', 'timeout', 'refused_by_egress', 'broken_off', 'token_unavailable'))
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "integration_ids" text[];--> statement-breakpoint
ALTER TABLE "credential_drafts" ADD CONSTRAINT "credential_drafts_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credential_drafts" ADD CONSTRAINT "credential_drafts_account_id_credential_id_credentials_account_id_id_fk" FOREIGN KEY ("account_id","credential_id") REFERENCES "public"."credentials"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "token_sets" ADD CONSTRAINT "token_sets_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "integrations" ADD CONSTRAINT "integrations_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "integrations" ADD CONSTRAINT "integrations_account_id_credential_id_credentials_account_id_id_fk" FOREIGN KEY ("account_id","credential_id") REFERENCES "public"."credentials"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proxy_calls" ADD CONSTRAINT "proxy_calls_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "credential_drafts_owner_idx" ON "credential_drafts" USING btree ("account_id","created_by_id","created_at");--> statement-breakpoint
CREATE INDEX "credential_drafts_expires_idx" ON "credential_drafts" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "credentials_name_held_idx" ON "credentials" USING btree ("account_id","name_held");--> statement-breakpoint
CREATE INDEX "credentials_account_created_idx" ON "credentials" USING btree ("account_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "integrations_slug_idx" ON "integrations" USING btree ("account_id","slug");--> statement-breakpoint
CREATE INDEX "integrations_account_created_idx" ON "integrations" USING btree ("account_id","created_at","id");--> statement-breakpoint
CREATE INDEX "integrations_credential_idx" ON "integrations" USING btree ("account_id","credential_id");--> statement-breakpoint
CREATE INDEX "proxy_calls_integration_idx" ON "proxy_calls" USING btree ("account_id","integration_id","at");--> statement-breakpoint
CREATE INDEX "proxy_calls_key_idx" ON "proxy_calls" USING btree ("account_id","key_id","at");--> statement-breakpoint
CREATE INDEX "proxy_calls_at_idx" ON "proxy_calls" USING btree ("at");