CREATE TABLE "deliveries" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"account_id" text collate "C" NOT NULL,
	"notification_id" text collate "C" NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"fence" bigint DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"answer" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "deliveries_state_check" CHECK (state in ('waiting', 'sent', 'failed', 'dropped'))
);
--> statement-breakpoint
CREATE TABLE "notification_episodes" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"account_id" text collate "C" NOT NULL,
	"trouble" text NOT NULL,
	"subject_id" text collate "C" NOT NULL,
	"provider" text,
	"stage" text NOT NULL,
	"data" jsonb NOT NULL,
	"opened_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone,
	"reminders" integer DEFAULT 0 NOT NULL,
	"remind_at" timestamp with time zone,
	CONSTRAINT "notification_episodes_account_id_key" UNIQUE("account_id","id"),
	CONSTRAINT "notification_episodes_trouble_check" CHECK (trouble in ('renewal', 'secret_end', 'refresh_token_end'))
);
--> statement-breakpoint
CREATE TABLE "notification_items" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"account_id" text collate "C" NOT NULL,
	"notification_id" text collate "C" NOT NULL,
	"episode_id" text collate "C",
	"subject_id" text collate "C" NOT NULL,
	"data" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notification_preferences" (
	"account_id" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"kind" text NOT NULL,
	"email" boolean NOT NULL,
	"in_app" boolean NOT NULL,
	CONSTRAINT "notification_preferences_account_id_user_id_kind_pk" PRIMARY KEY("account_id","user_id","kind")
);
--> statement-breakpoint
CREATE TABLE "notifications" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"account_id" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"kind" text NOT NULL,
	"provider" text,
	"reminder" integer DEFAULT 0 NOT NULL,
	"subject_id" text collate "C" NOT NULL,
	"data" jsonb NOT NULL,
	"count" integer NOT NULL,
	"collects_until" timestamp with time zone NOT NULL,
	"in_app" boolean NOT NULL,
	"read_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "notifications_account_id_key" UNIQUE("account_id","id")
);
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "language" text DEFAULT 'en' NOT NULL;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_account_id_notification_id_notifications_account_id_id_fk" FOREIGN KEY ("account_id","notification_id") REFERENCES "public"."notifications"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_episodes" ADD CONSTRAINT "notification_episodes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_items" ADD CONSTRAINT "notification_items_account_id_notification_id_notifications_account_id_id_fk" FOREIGN KEY ("account_id","notification_id") REFERENCES "public"."notifications"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_items" ADD CONSTRAINT "notification_items_account_id_episode_id_notification_episodes_account_id_id_fk" FOREIGN KEY ("account_id","episode_id") REFERENCES "public"."notification_episodes"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_preferences" ADD CONSTRAINT "notification_preferences_account_id_user_id_members_account_id_user_id_fk" FOREIGN KEY ("account_id","user_id") REFERENCES "public"."members"("account_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_account_id_user_id_members_account_id_user_id_fk" FOREIGN KEY ("account_id","user_id") REFERENCES "public"."members"("account_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_notification_idx" ON "deliveries" USING btree ("account_id","notification_id");--> statement-breakpoint
CREATE INDEX "deliveries_due_idx" ON "deliveries" USING btree ("due_at") WHERE state = 'waiting';--> statement-breakpoint
CREATE UNIQUE INDEX "notification_episodes_open_idx" ON "notification_episodes" USING btree ("account_id","subject_id","trouble") WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX "notification_episodes_remind_idx" ON "notification_episodes" USING btree ("remind_at") WHERE closed_at is null and remind_at is not null;--> statement-breakpoint
CREATE INDEX "notification_episodes_closed_idx" ON "notification_episodes" USING btree ("closed_at") WHERE closed_at is not null;--> statement-breakpoint
CREATE INDEX "notification_items_notification_idx" ON "notification_items" USING btree ("account_id","notification_id","id");--> statement-breakpoint
CREATE INDEX "notification_items_episode_idx" ON "notification_items" USING btree ("account_id","episode_id");--> statement-breakpoint
CREATE INDEX "notifications_person_idx" ON "notifications" USING btree ("account_id","user_id","id");--> statement-breakpoint
CREATE INDEX "notifications_unread_idx" ON "notifications" USING btree ("account_id","user_id") WHERE in_app and read_at is null;--> statement-breakpoint
CREATE INDEX "notifications_created_idx" ON "notifications" USING btree ("created_at");--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_language_check" CHECK (language in ('en', 'es'));