CREATE TABLE "oauth_connections" (
	"account_id" text collate "C" NOT NULL,
	"owner_id" text collate "C" NOT NULL,
	"issuer" text,
	"subject" text,
	"label" text,
	"connected_at" timestamp with time zone NOT NULL,
	"connected_by_id" text collate "C" NOT NULL,
	"connected_by_name" text NOT NULL,
	CONSTRAINT "oauth_connections_account_id_owner_id_pk" PRIMARY KEY("account_id","owner_id")
);
--> statement-breakpoint
CREATE TABLE "oauth_states" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"account_id" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"owner_id" text collate "C" NOT NULL,
	"credential_id" text collate "C",
	"browser" text collate "C" NOT NULL,
	"subject" jsonb NOT NULL,
	"names_issuer" boolean NOT NULL,
	"display" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"consumed_at" timestamp with time zone,
	"outcome" text,
	"detail" text,
	"waiting" jsonb,
	CONSTRAINT "oauth_states_account_id_key" UNIQUE("account_id","id"),
	CONSTRAINT "oauth_states_display_check" CHECK (display in ('popup', 'page')),
	CONSTRAINT "oauth_states_outcome_check" CHECK (outcome in ('connected', 'other_account', 'replaced', 'discarded', 'denied', 'failed', 'mixed_up', 'changed', 'superseded', 'cancelled'))
);
--> statement-breakpoint
ALTER TABLE "oauth_connections" ADD CONSTRAINT "oauth_connections_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_states" ADD CONSTRAINT "oauth_states_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_states" ADD CONSTRAINT "oauth_states_account_id_credential_id_credentials_account_id_id_fk" FOREIGN KEY ("account_id","credential_id") REFERENCES "public"."credentials"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "oauth_states_owner_idx" ON "oauth_states" USING btree ("account_id","owner_id");--> statement-breakpoint
CREATE INDEX "oauth_states_expires_idx" ON "oauth_states" USING btree ("expires_at");