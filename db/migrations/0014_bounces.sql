CREATE TABLE "bounces" (
	"key" text PRIMARY KEY NOT NULL,
	"notice_key" text,
	"outcome" text NOT NULL,
	"status_code" text,
	"office_date" date NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "alongside" text;--> statement-breakpoint
ALTER TABLE "bounces" ADD CONSTRAINT "bounces_notice_key_notices_key_fk" FOREIGN KEY ("notice_key") REFERENCES "public"."notices"("key") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "bounces_by_notice" ON "bounces" USING btree ("notice_key");