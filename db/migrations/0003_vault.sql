CREATE TABLE "data_keys" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"account_id" text collate "C" NOT NULL,
	"master_kid" text collate "C" NOT NULL,
	"wrapped" text collate "C" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"retired_at" timestamp with time zone,
	CONSTRAINT "data_keys_account_id_key" UNIQUE("account_id","id")
);
--> statement-breakpoint
CREATE TABLE "vault_items" (
	"account_id" text collate "C" NOT NULL,
	"owner_id" text collate "C" NOT NULL,
	"field" text NOT NULL,
	"data_key_id" text collate "C" NOT NULL,
	"sealed" text collate "C" NOT NULL,
	"sealed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "vault_items_account_id_owner_id_field_pk" PRIMARY KEY("account_id","owner_id","field")
);
--> statement-breakpoint
ALTER TABLE "data_keys" ADD CONSTRAINT "data_keys_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vault_items" ADD CONSTRAINT "vault_items_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vault_items" ADD CONSTRAINT "vault_items_account_id_data_key_id_data_keys_account_id_id_fk" FOREIGN KEY ("account_id","data_key_id") REFERENCES "public"."data_keys"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "data_keys_active_idx" ON "data_keys" USING btree ("account_id") WHERE retired_at is null;--> statement-breakpoint
CREATE INDEX "data_keys_master_idx" ON "data_keys" USING btree ("master_kid");--> statement-breakpoint
CREATE INDEX "vault_items_data_key_idx" ON "vault_items" USING btree ("data_key_id");