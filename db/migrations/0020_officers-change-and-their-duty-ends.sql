CREATE TABLE "officer_versions" (
	"officer" text NOT NULL,
	"version" integer NOT NULL,
	"name" text NOT NULL,
	"user_id" text,
	"channel" text NOT NULL,
	"reach" text,
	"new_key" boolean DEFAULT false NOT NULL,
	"phone" text,
	"schools" text[],
	"duty" jsonb NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "officer_versions_officer_version_pk" PRIMARY KEY("officer","version")
);
--> statement-breakpoint
ALTER TABLE "duty_spans" ADD COLUMN "until_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "officers" ADD COLUMN "phone" text;--> statement-breakpoint
ALTER TABLE "officers" ADD COLUMN "duty" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "officers" ADD COLUMN "ended_by" text;--> statement-breakpoint
ALTER TABLE "officers" ADD COLUMN "end_reason" text;--> statement-breakpoint
ALTER TABLE "officer_versions" ADD CONSTRAINT "officer_versions_officer_officers_id_fk" FOREIGN KEY ("officer") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "officer_versions" ADD CONSTRAINT "officer_versions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
-- Whoever is or was on the roster until now: their first version.
INSERT INTO "officer_versions" ("officer", "version", "name", "user_id", "channel", "reach", "schools", "duty", "actor", "role", "at")
SELECT o."id", 1, o."name", o."user_id", o."channel", o."reach",
       CASE WHEN o."all_schools" THEN NULL
            ELSE array(SELECT s."school" FROM "officer_schools" s WHERE s."officer" = o."id" ORDER BY 1) END,
       '[]'::jsonb, o."actor", o."role", o."at"
  FROM "officers" o;
