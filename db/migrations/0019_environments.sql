ALTER TABLE "integrations" DROP CONSTRAINT "integrations_account_id_credential_id_credentials_account_id_id_fk";
--> statement-breakpoint
DROP INDEX "credentials_name_held_idx";--> statement-breakpoint
DROP INDEX "integrations_slug_idx";--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "environment" text DEFAULT 'live' NOT NULL;--> statement-breakpoint
ALTER TABLE "integrations" ADD COLUMN "environment" text DEFAULT 'live' NOT NULL;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_environment_id_key" UNIQUE("account_id","environment","id");--> statement-breakpoint
ALTER TABLE "integrations" ADD CONSTRAINT "integrations_credential_fk" FOREIGN KEY ("account_id","environment","credential_id") REFERENCES "public"."credentials"("account_id","environment","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "credentials_name_held_idx" ON "credentials" USING btree ("account_id","environment","name_held");--> statement-breakpoint
CREATE UNIQUE INDEX "integrations_slug_idx" ON "integrations" USING btree ("account_id","environment","slug");--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_environment_check" CHECK (environment in ('live', 'test'));--> statement-breakpoint
ALTER TABLE "integrations" ADD CONSTRAINT "integrations_environment_check" CHECK (environment in ('live', 'test'));