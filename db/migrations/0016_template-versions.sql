CREATE TABLE "letter_templates" (
	"kind" text NOT NULL,
	"language" text NOT NULL,
	"version" text NOT NULL,
	"origin" text NOT NULL,
	"subject" text NOT NULL,
	"body" text NOT NULL,
	"partials" jsonb NOT NULL,
	"approved_by" text,
	"approved_role" text,
	"approved_at" timestamp(3) with time zone,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "letter_templates_kind_language_version_pk" PRIMARY KEY("kind","language","version")
);
--> statement-breakpoint
CREATE INDEX "letter_templates_approved" ON "letter_templates" USING btree ("kind","language","approved_at") WHERE "letter_templates"."approved_at" is not null;