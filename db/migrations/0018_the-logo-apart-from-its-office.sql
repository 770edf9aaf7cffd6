CREATE TABLE "office_logos" (
	"office" text PRIMARY KEY NOT NULL,
	"image" "bytea" NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "office_logos" ADD CONSTRAINT "office_logos_office_office_code_fk" FOREIGN KEY ("office") REFERENCES "public"."office"("code") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
-- Until now it stood as base64 in the office's own row.
INSERT INTO "office_logos" ("office", "image", "updated_at")
SELECT "code", decode("profile" ->> 'logo', 'base64'), now() FROM "office" WHERE "profile" ->> 'logo' IS NOT NULL;
--> statement-breakpoint
UPDATE "office" SET "profile" = "profile" - 'logo' WHERE "profile" ? 'logo';
