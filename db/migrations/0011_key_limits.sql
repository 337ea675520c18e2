CREATE TABLE "api_key_allowances" (
	"key_id" text collate "C" PRIMARY KEY NOT NULL,
	"account_id" text collate "C" NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"leased" integer NOT NULL,
	"granted" integer NOT NULL,
	"wanted" integer NOT NULL,
	"month" date NOT NULL,
	"month_leased" integer NOT NULL,
	"month_granted" integer NOT NULL,
	"month_wanted" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "rate_requests" integer;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "rate_seconds" integer;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "monthly_quota" integer;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "addresses" text[];--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "methods" text[];--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "paused_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "paused_by_name" text;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "idle_warnings" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "idle_revokes_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "api_key_allowances" ADD CONSTRAINT "api_key_allowances_account_id_key_id_api_keys_account_id_id_fk" FOREIGN KEY ("account_id","key_id") REFERENCES "public"."api_keys"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_rate_check" CHECK ((rate_requests is null) = (rate_seconds is null));--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_rate_requests_check" CHECK (rate_requests between 1 and 1000000);--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_rate_seconds_check" CHECK (rate_seconds between 1 and 86400);--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_idle_warnings_check" CHECK (idle_warnings between 0 and 2);--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_monthly_quota_check" CHECK (monthly_quota between 1 and 1000000000);