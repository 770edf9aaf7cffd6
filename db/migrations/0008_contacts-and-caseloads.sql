CREATE TABLE "contacts" (
	"id" text PRIMARY KEY NOT NULL,
	"case_number" varchar(16) NOT NULL,
	"student_id" integer NOT NULL,
	"kind" text NOT NULL,
	"whom" text NOT NULL,
	"date" date NOT NULL,
	"outcome" text NOT NULL,
	"reached" boolean NOT NULL,
	"note" text,
	"logged_on" date NOT NULL,
	"invented" boolean DEFAULT false NOT NULL,
	"void_reason" text,
	"void_at" timestamp(3) with time zone,
	"void_by" text,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "caseload_journal" (
	"case_number" varchar(16) NOT NULL,
	"sequence" integer NOT NULL,
	"run_id" text NOT NULL,
	"seq" integer NOT NULL,
	"office_date" date NOT NULL,
	"command_id" text,
	"type" text NOT NULL,
	"data" jsonb NOT NULL,
	"invented" boolean DEFAULT false NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "caseload_journal_case_number_sequence_run_id_seq_pk" PRIMARY KEY("case_number","sequence","run_id","seq")
);
--> statement-breakpoint
CREATE TABLE "caseloads" (
	"case_number" varchar(16) NOT NULL,
	"sequence" integer NOT NULL,
	"school" text NOT NULL,
	"status" text NOT NULL,
	"placed_on" date NOT NULL,
	"standing" text NOT NULL,
	"headline" text NOT NULL,
	"next_deadline" date,
	"ended_on" date,
	"ended_how" text,
	"projection" jsonb NOT NULL,
	"run_id" text NOT NULL,
	"run_started_at" timestamp(3) with time zone NOT NULL,
	"seq" integer NOT NULL,
	CONSTRAINT "caseloads_case_number_sequence_pk" PRIMARY KEY("case_number","sequence")
);
--> statement-breakpoint
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_case_number_cases_number_fk" FOREIGN KEY ("case_number") REFERENCES "public"."cases"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_student_id_students_id_fk" FOREIGN KEY ("student_id") REFERENCES "public"."students"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "caseload_journal" ADD CONSTRAINT "caseload_journal_case_number_cases_number_fk" FOREIGN KEY ("case_number") REFERENCES "public"."cases"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "caseloads" ADD CONSTRAINT "caseloads_case_number_cases_number_fk" FOREIGN KEY ("case_number") REFERENCES "public"."cases"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "contacts_by_case" ON "contacts" USING btree ("case_number","date");--> statement-breakpoint
CREATE INDEX "caseloads_by_deadline" ON "caseloads" USING btree ("next_deadline") WHERE "caseloads"."status" = 'open';