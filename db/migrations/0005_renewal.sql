CREATE TABLE "renewal_attempts" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"account_id" text collate "C" NOT NULL,
	"owner_id" text collate "C" NOT NULL,
	"fence" bigint NOT NULL,
	"reason" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"result" text,
	"status" integer,
	"error" text,
	"detail" text,
	"next_at" timestamp with time zone,
	CONSTRAINT "renewal_attempts_reason_check" CHECK (reason in ('ahead', 'use', 'rejected', 'manual', 'test', 'connect')),
	CONSTRAINT "renewal_attempts_result_check" CHECK (result in ('renewed', 'retrying', 'refused', 'unknown'))
);
--> statement-breakpoint
CREATE TABLE "token_endpoints" (
	"origin" text PRIMARY KEY NOT NULL,
	"failures" integer NOT NULL,
	"open_until" timestamp with time zone,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox_events" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"account_id" text collate "C" NOT NULL,
	"kind" text NOT NULL,
	"subject_id" text collate "C" NOT NULL,
	"data" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"notified_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "expiry_warned_days" integer;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "renew_ahead" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "token_sets" ADD COLUMN "contested_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "token_sets" ADD COLUMN "endpoint" text;--> statement-breakpoint
ALTER TABLE "token_sets" ADD COLUMN "renew_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "token_sets" ADD COLUMN "refresh_expires_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "token_sets" ADD COLUMN "learned_seconds" integer;--> statement-breakpoint
ALTER TABLE "token_sets" ADD COLUMN "failing_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "token_sets" ADD COLUMN "failures" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "token_sets" ADD COLUMN "cool_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "token_sets" ADD COLUMN "alarmed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "token_sets" ADD COLUMN "refresh_set_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "token_sets" ADD COLUMN "refresh_warned_days" integer;--> statement-breakpoint
ALTER TABLE "renewal_attempts" ADD CONSTRAINT "renewal_attempts_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox_events" ADD CONSTRAINT "outbox_events_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "renewal_attempts_owner_idx" ON "renewal_attempts" USING btree ("account_id","owner_id","id");--> statement-breakpoint
CREATE INDEX "renewal_attempts_started_idx" ON "renewal_attempts" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "outbox_events_open_idx" ON "outbox_events" USING btree ("id") WHERE notified_at is null;--> statement-breakpoint
CREATE INDEX "credentials_expires_idx" ON "credentials" USING btree ("expires_at") WHERE expires_at is not null;--> statement-breakpoint
CREATE INDEX "token_sets_due_idx" ON "token_sets" USING btree ("renew_at") WHERE renew_at is not null;--> statement-breakpoint
CREATE INDEX "token_sets_refresh_expires_idx" ON "token_sets" USING btree ("refresh_expires_at") WHERE refresh_expires_at is not null;