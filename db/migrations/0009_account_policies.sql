CREATE TABLE "account_policies" (
	"account_id" text collate "C" PRIMARY KEY NOT NULL,
	"key_expiry_required" boolean DEFAULT false NOT NULL,
	"key_max_days" integer,
	"key_idle_days" integer,
	"key_addresses" text[],
	"leak_response" text DEFAULT 'revoke' NOT NULL,
	"second_factor_required" boolean DEFAULT false NOT NULL,
	"audit_keep_days" integer,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "account_policies_key_max_days_check" CHECK (key_max_days between 1 and 3650),
	CONSTRAINT "account_policies_key_idle_days_check" CHECK (key_idle_days between 7 and 3650),
	CONSTRAINT "account_policies_audit_keep_days_check" CHECK (audit_keep_days between 30 and 3650),
	CONSTRAINT "account_policies_leak_response_check" CHECK (leak_response in ('revoke', 'flag'))
);
--> statement-breakpoint
ALTER TABLE "account_policies" ADD CONSTRAINT "account_policies_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;