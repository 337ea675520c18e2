ALTER TABLE "api_keys" ADD COLUMN "expiry_warned_days" integer;--> statement-breakpoint
ALTER TABLE "integrations" ADD COLUMN "failing_since" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "api_keys_expiring_idx" ON "api_keys" USING btree ("expires_at") WHERE expires_at is not null and revoked_at is null;--> statement-breakpoint
CREATE INDEX "integrations_failing_idx" ON "integrations" USING btree ("id") WHERE failing_since is not null;