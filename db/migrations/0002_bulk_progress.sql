ALTER TABLE "bulk_revocations" RENAME COLUMN "pending_key_ids" TO "key_ids";--> statement-breakpoint
ALTER TABLE "bulk_revocations" ADD COLUMN "done" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "bulk_revocations" ADD COLUMN "wall" text;--> statement-breakpoint
-- What was done of an unfinished one is no longer in its list.
UPDATE "bulk_revocations" SET "done" = "total" WHERE "finished_at" IS NOT NULL;--> statement-breakpoint
UPDATE "bulk_revocations" SET "total" = cardinality("key_ids") WHERE "finished_at" IS NULL;--> statement-breakpoint
ALTER TABLE "api_key_uses" DROP COLUMN "first_used_at";
