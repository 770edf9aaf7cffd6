CREATE TABLE "policies" (
	"name" text NOT NULL,
	"version" text NOT NULL,
	"title" text NOT NULL,
	"effective_from" date NOT NULL,
	"sha256" text NOT NULL,
	"text" text NOT NULL,
	"rules" jsonb NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "policies_name_version_pk" PRIMARY KEY("name","version")
);
--> statement-breakpoint
CREATE TABLE "paper_cases" (
	"case_number" varchar(16) PRIMARY KEY NOT NULL,
	"student_id" integer NOT NULL,
	"sha256" text NOT NULL,
	"note" text,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "paper_letters" (
	"key" text PRIMARY KEY NOT NULL,
	"case_number" varchar(16) NOT NULL,
	"kind" text NOT NULL,
	"sequence" integer NOT NULL,
	"sent_on" date NOT NULL,
	"channel" text NOT NULL,
	"proof" text NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "paper_cases" ADD CONSTRAINT "paper_cases_case_number_cases_number_fk" FOREIGN KEY ("case_number") REFERENCES "public"."cases"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "paper_cases" ADD CONSTRAINT "paper_cases_student_id_students_id_fk" FOREIGN KEY ("student_id") REFERENCES "public"."students"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "paper_letters" ADD CONSTRAINT "paper_letters_case_number_cases_number_fk" FOREIGN KEY ("case_number") REFERENCES "public"."cases"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "paper_cases_once" ON "paper_cases" USING btree ("student_id","sha256");--> statement-breakpoint
CREATE INDEX "paper_letters_by_case" ON "paper_letters" USING btree ("case_number");