CREATE TABLE "rollovers" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "rollovers_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"roster_hash" text NOT NULL,
	"district" text,
	"starts_on" date NOT NULL,
	"proposed_on" date NOT NULL,
	"status" text NOT NULL,
	"items" jsonb NOT NULL,
	"roster" jsonb,
	"done" jsonb,
	"settled_by" text,
	"settled_at" timestamp(3) with time zone,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "rollovers_open" ON "rollovers" USING btree ("district") WHERE "rollovers"."status" = 'proposed';