CREATE TABLE "hearing_hours" (
	"place" text NOT NULL,
	"weekday" integer NOT NULL,
	"from_time" text NOT NULL,
	"until_time" text NOT NULL,
	"slot_minutes" integer NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "hearing_hours_place_weekday_from_time_pk" PRIMARY KEY("place","weekday","from_time")
);
--> statement-breakpoint
ALTER TABLE "step_letters" RENAME COLUMN "withdrawing_command" TO "reserved_by";--> statement-breakpoint
ALTER TABLE "step_letters" RENAME COLUMN "withdrawing_until" TO "reserved_until";--> statement-breakpoint
DROP INDEX "hearing_docket_one_booking";--> statement-breakpoint
DROP INDEX "step_letters_to_send";--> statement-breakpoint
ALTER TABLE "hearing_docket" ADD COLUMN "minutes" integer DEFAULT 30 NOT NULL;--> statement-breakpoint
ALTER TABLE "hearing_docket" ADD COLUMN "reserved_by" text;--> statement-breakpoint
ALTER TABLE "hearing_docket" ADD COLUMN "reserved_until" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "hearing_docket" ADD COLUMN "interpreter" text;--> statement-breakpoint
ALTER TABLE "hearing_docket" ADD COLUMN "accommodation" text;--> statement-breakpoint
ALTER TABLE "step_letters" ADD COLUMN "parked" text;--> statement-breakpoint
UPDATE "step_letters" SET "status" = 'reserved' WHERE "status" = 'withdrawing';--> statement-breakpoint
-- A door that died between booking and its answer may have left a case with two hours: the latest stands.
UPDATE "hearing_docket" d SET "status" = 'cancelled' WHERE d."status" = 'booked'
  AND EXISTS (SELECT 1 FROM "hearing_docket" l WHERE l."case_number" = d."case_number" AND l."status" = 'booked' AND l."id" > d."id");--> statement-breakpoint
CREATE UNIQUE INDEX "hearing_docket_one_for_a_case" ON "hearing_docket" USING btree ("case_number") WHERE "hearing_docket"."status" = 'booked';--> statement-breakpoint
CREATE UNIQUE INDEX "hearing_docket_one_booking" ON "hearing_docket" USING btree ("place","date","time") WHERE "hearing_docket"."status" in ('reserved', 'booked');--> statement-breakpoint
CREATE INDEX "step_letters_to_send" ON "step_letters" USING btree ("send_on") WHERE "step_letters"."status" in ('waiting', 'reserved', 'leaving', 'blocked');