CREATE TABLE "audit_chains" (
	"account_id" text collate "C" PRIMARY KEY NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL,
	"hash" text collate "C" DEFAULT '0000000000000000000000000000000000000000000000000000000000000000' NOT NULL,
	"cut_seq" bigint DEFAULT 0 NOT NULL,
	"cut_hash" text collate "C" DEFAULT '0000000000000000000000000000000000000000000000000000000000000000' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_checkpoints" (
	"account_id" text collate "C" NOT NULL,
	"seq" bigint NOT NULL,
	"hash" text collate "C" NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "audit_checkpoints_account_id_seq_pk" PRIMARY KEY("account_id","seq")
);
--> statement-breakpoint
CREATE TABLE "audit_links" (
	"account_id" text collate "C" NOT NULL,
	"seq" bigint NOT NULL,
	"event_id" text collate "C" NOT NULL,
	"previous" text collate "C" NOT NULL,
	"hash" text collate "C" NOT NULL,
	CONSTRAINT "audit_links_account_id_seq_pk" PRIMARY KEY("account_id","seq"),
	CONSTRAINT "audit_links_event_key" UNIQUE("account_id","event_id")
);
--> statement-breakpoint
DROP INDEX "audit_events_account_idx";--> statement-breakpoint
DROP INDEX "audit_events_target_idx";--> statement-breakpoint
ALTER TABLE "audit_chains" ADD CONSTRAINT "audit_chains_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_checkpoints" ADD CONSTRAINT "audit_checkpoints_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_links" ADD CONSTRAINT "audit_links_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_events_kind_idx" ON "audit_events" USING btree ("account_id","target_kind","at","id");--> statement-breakpoint
CREATE INDEX "audit_events_actor_idx" ON "audit_events" USING btree ("account_id","actor_id","at","id");--> statement-breakpoint
CREATE INDEX "audit_events_address_idx" ON "audit_events" USING btree ("account_id","address","at","id");--> statement-breakpoint
CREATE INDEX "audit_events_account_idx" ON "audit_events" USING btree ("account_id","at","id");--> statement-breakpoint
CREATE INDEX "audit_events_target_idx" ON "audit_events" USING btree ("account_id","target_id","at","id");