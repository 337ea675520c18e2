CREATE TABLE "leak_reports" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"account_id" text collate "C" NOT NULL,
	"key_id" text collate "C" NOT NULL,
	"source" text NOT NULL,
	"url" text NOT NULL,
	"comment" text,
	"address" text,
	"user_agent" text,
	"outcome" text NOT NULL,
	"times" integer DEFAULT 1 NOT NULL,
	"first_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_at" timestamp with time zone DEFAULT now() NOT NULL,
	"told_at" timestamp with time zone DEFAULT now() NOT NULL,
	"handled_at" timestamp with time zone,
	"handled_by_name" text,
	CONSTRAINT "leak_reports_source_check" CHECK (source in ('report', 'github', 'url', 'body')),
	CONSTRAINT "leak_reports_outcome_check" CHECK (outcome in ('revoked', 'flagged', 'ended_before'))
);
--> statement-breakpoint
ALTER TABLE "leak_reports" ADD CONSTRAINT "leak_reports_account_id_key_id_api_keys_account_id_id_fk" FOREIGN KEY ("account_id","key_id") REFERENCES "public"."api_keys"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "leak_reports_open_idx" ON "leak_reports" USING btree ("key_id","source","url") WHERE handled_at is null;--> statement-breakpoint
CREATE INDEX "leak_reports_key_idx" ON "leak_reports" USING btree ("account_id","key_id","id");--> statement-breakpoint
CREATE INDEX "leak_reports_unhandled_idx" ON "leak_reports" USING btree ("account_id") WHERE handled_at is null;