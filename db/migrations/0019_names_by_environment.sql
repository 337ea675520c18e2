DROP INDEX "credentials_name_held_idx";--> statement-breakpoint
CREATE UNIQUE INDEX "credentials_name_held_idx" ON "credentials" USING btree ("account_id","environment","name_held");