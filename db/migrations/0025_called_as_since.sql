ALTER TABLE "integrations" ADD COLUMN "called_as_since" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
UPDATE "integrations" SET "called_as_since" = "updated_at";