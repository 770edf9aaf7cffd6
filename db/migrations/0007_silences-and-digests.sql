CREATE TABLE "silences" (
	"school" text NOT NULL,
	"since" date NOT NULL,
	"told_on" date NOT NULL,
	"ended_on" date,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "silences_school_since_pk" PRIMARY KEY("school","since")
);
--> statement-breakpoint
CREATE TABLE "digests" (
	"date" date NOT NULL,
	"addressee" text NOT NULL,
	"status" text NOT NULL,
	"up_to_task" integer NOT NULL,
	"tasks" integer NOT NULL,
	"practice" boolean NOT NULL,
	"claimed_at" timestamp(3) with time zone NOT NULL,
	"claimed_by" text NOT NULL,
	"data_started_at" timestamp(3) with time zone,
	"settled_at" timestamp(3) with time zone,
	"failure_code" text,
	CONSTRAINT "digests_date_addressee_pk" PRIMARY KEY("date","addressee")
);
--> statement-breakpoint
ALTER TABLE "office" ADD COLUMN "digests" boolean;--> statement-breakpoint
ALTER TABLE "silences" ADD CONSTRAINT "silences_school_schools_code_fk" FOREIGN KEY ("school") REFERENCES "public"."schools"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "silences_one_open" ON "silences" USING btree ("school") WHERE "silences"."ended_on" is null;--> statement-breakpoint
CREATE INDEX "digests_by_addressee" ON "digests" USING btree ("addressee");