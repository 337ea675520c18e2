CREATE TABLE "custom_roles" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"account_id" text collate "C" NOT NULL,
	"name" text NOT NULL,
	"name_held" text NOT NULL,
	"description" text NOT NULL,
	"permissions" text[] NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "custom_roles_account_id_key" UNIQUE("account_id","id")
);
--> statement-breakpoint
CREATE TABLE "handovers" (
	"account_id" text collate "C" NOT NULL,
	"subject_id" text collate "C" NOT NULL,
	"to_user_id" text collate "C" NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "handovers_account_id_subject_id_pk" PRIMARY KEY("account_id","subject_id")
);
--> statement-breakpoint
ALTER TABLE "members" DROP CONSTRAINT "members_role_check";--> statement-breakpoint
ALTER TABLE "invitations" DROP CONSTRAINT "invitations_role_check";--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "custom_role_id" text collate "C";--> statement-breakpoint
ALTER TABLE "invitations" ADD COLUMN "custom_role_id" text collate "C";--> statement-breakpoint
ALTER TABLE "custom_roles" ADD CONSTRAINT "custom_roles_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "handovers" ADD CONSTRAINT "handovers_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "custom_roles_name_held_idx" ON "custom_roles" USING btree ("account_id","name_held");--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_custom_role_fk" FOREIGN KEY ("account_id","custom_role_id") REFERENCES "public"."custom_roles"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_custom_role_fk" FOREIGN KEY ("account_id","custom_role_id") REFERENCES "public"."custom_roles"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "members_custom_role_idx" ON "members" USING btree ("account_id","custom_role_id");--> statement-breakpoint
CREATE INDEX "invitations_custom_role_idx" ON "invitations" USING btree ("account_id","custom_role_id");--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_custom_role_check" CHECK ((role = 'custom') = (custom_role_id is not null));--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_role_check" CHECK (role in ('owner', 'admin', 'manager', 'staff', 'custom'));--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_custom_role_check" CHECK ((role = 'custom') = (custom_role_id is not null));--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_role_check" CHECK (role in ('admin', 'manager', 'staff', 'custom'));