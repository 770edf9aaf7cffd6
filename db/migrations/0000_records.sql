CREATE SEQUENCE "public"."case_numbers" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE SEQUENCE "public"."user_numbers" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "office" (
	"code" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"zone" text NOT NULL,
	"policy_name" text NOT NULL,
	"policy_version" text NOT NULL,
	"practice" boolean DEFAULT true NOT NULL,
	"practice_mailbox" text,
	"driven_today" date,
	"updated_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "calendars" (
	"scope_kind" text NOT NULL,
	"scope" text NOT NULL,
	"version" integer NOT NULL,
	"value" jsonb NOT NULL,
	"source" text NOT NULL,
	"reason" text,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "calendars_scope_kind_scope_version_pk" PRIMARY KEY("scope_kind","scope","version")
);
--> statement-breakpoint
CREATE TABLE "districts" (
	"code" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "school_contacts" (
	"school" text NOT NULL,
	"function" text NOT NULL,
	"name" text NOT NULL,
	"email" text,
	"phone" text,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "school_contacts_school_function_name_pk" PRIMARY KEY("school","function","name")
);
--> statement-breakpoint
CREATE TABLE "schools" (
	"code" text PRIMARY KEY NOT NULL,
	"source_id" text NOT NULL,
	"district" text NOT NULL,
	"name" text NOT NULL,
	"county" text NOT NULL,
	"zone" text NOT NULL,
	"phone" text,
	"address" jsonb,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "schools_source_id_unique" UNIQUE("source_id")
);
--> statement-breakpoint
CREATE TABLE "enrollments" (
	"student_id" integer NOT NULL,
	"school" text NOT NULL,
	"from_date" date NOT NULL,
	"to_date" date,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "enrollments_student_id_school_from_date_pk" PRIMARY KEY("student_id","school","from_date")
);
--> statement-breakpoint
CREATE TABLE "guardian_phones" (
	"guardian_id" integer NOT NULL,
	"position" integer NOT NULL,
	"number" text NOT NULL,
	"kind" text NOT NULL,
	"household" boolean NOT NULL,
	CONSTRAINT "guardian_phones_guardian_id_position_pk" PRIMARY KEY("guardian_id","position")
);
--> statement-breakpoint
CREATE TABLE "guardians" (
	"id" serial PRIMARY KEY NOT NULL,
	"source_id" text NOT NULL,
	"first_name" text NOT NULL,
	"last_name" text NOT NULL,
	"language" text NOT NULL,
	"email" text,
	"email_bad_since" timestamp(3) with time zone,
	"address" jsonb,
	"address_bad_since" timestamp(3) with time zone,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "guardians_source_id_unique" UNIQUE("source_id")
);
--> statement-breakpoint
CREATE TABLE "guardianships" (
	"guardian_id" integer NOT NULL,
	"student_id" integer NOT NULL,
	"relation" text NOT NULL,
	"legal_recipient" text NOT NULL,
	"lives_with" boolean NOT NULL,
	"is_primary" boolean NOT NULL,
	"no_contact" boolean NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "guardianships_guardian_id_student_id_pk" PRIMARY KEY("guardian_id","student_id")
);
--> statement-breakpoint
CREATE TABLE "students" (
	"id" serial PRIMARY KEY NOT NULL,
	"sis_id" text NOT NULL,
	"first_name" text NOT NULL,
	"middle_name" text,
	"last_name" text NOT NULL,
	"suffix" text,
	"birth_date" date,
	"grade" text,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "students_sis_id_unique" UNIQUE("sis_id")
);
--> statement-breakpoint
CREATE TABLE "attendance_marks" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"student_id" integer NOT NULL,
	"school" text NOT NULL,
	"date" date NOT NULL,
	"slot" integer DEFAULT 1 NOT NULL,
	"source" text NOT NULL,
	"code" text NOT NULL,
	"fraction" numeric(8, 6) NOT NULL,
	"minutes" integer,
	"revision" integer NOT NULL,
	"current" boolean NOT NULL,
	"withdrawn" boolean DEFAULT false NOT NULL,
	"reported_by" text NOT NULL,
	"reported_at" timestamp(3) with time zone NOT NULL,
	"import_id" uuid,
	"invented" boolean DEFAULT false NOT NULL,
	"reason" text,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "code_maps" (
	"source" text NOT NULL,
	"code" text NOT NULL,
	"category" text NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "code_maps_source_code_pk" PRIMARY KEY("source","code")
);
--> statement-breakpoint
CREATE TABLE "coverage" (
	"school" text NOT NULL,
	"from_date" date NOT NULL,
	"to_date" date NOT NULL,
	CONSTRAINT "coverage_school_from_date_pk" PRIMARY KEY("school","from_date")
);
--> statement-breakpoint
CREATE TABLE "coverage_statements" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"school" text NOT NULL,
	"from_date" date NOT NULL,
	"to_date" date NOT NULL,
	"source" text,
	"import_id" uuid,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "imports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"source" text NOT NULL,
	"sha256" text NOT NULL,
	"file_name" text NOT NULL,
	"report" jsonb NOT NULL,
	"covers_to" date,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "case_journal" (
	"case_number" varchar(16) NOT NULL,
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
	CONSTRAINT "case_journal_case_number_run_id_seq_pk" PRIMARY KEY("case_number","run_id","seq")
);
--> statement-breakpoint
CREATE TABLE "cases" (
	"number" text PRIMARY KEY NOT NULL,
	"student_id" integer NOT NULL,
	"school" text NOT NULL,
	"status" text NOT NULL,
	"workflow_id" text NOT NULL,
	"policy_name" text NOT NULL,
	"policy_version" text NOT NULL,
	"opened_on" date NOT NULL,
	"closed_on" date,
	"close_reason" text,
	"stage" text NOT NULL,
	"action_by" text,
	"next_deadline" date,
	"unexcused" numeric(8, 4) DEFAULT 0 NOT NULL,
	"flags" text[] DEFAULT '{}'::text[] NOT NULL,
	"projection" jsonb,
	"run_started_at" timestamp(3) with time zone,
	"run_id" text,
	"seq" integer DEFAULT 0 NOT NULL,
	"previous_case" text,
	"before_system" boolean DEFAULT false NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "cases_workflow_id_unique" UNIQUE("workflow_id")
);
--> statement-breakpoint
CREATE TABLE "hearing_docket" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "hearing_docket_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"place" text NOT NULL,
	"date" date NOT NULL,
	"time" text NOT NULL,
	"case_number" varchar(16) NOT NULL,
	"status" text NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "interventions" (
	"id" text PRIMARY KEY NOT NULL,
	"student_id" integer NOT NULL,
	"case_number" varchar(16),
	"kind" text NOT NULL,
	"date" date NOT NULL,
	"by_whom" text NOT NULL,
	"outcome" text,
	"description" text,
	"proof" text,
	"logged_on" date NOT NULL,
	"invented" boolean DEFAULT false NOT NULL,
	"flagged" text,
	"void_reason" text,
	"void_at" timestamp(3) with time zone,
	"void_by" text,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"case_number" varchar(16) NOT NULL,
	"seq" integer NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"payload" jsonb NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"delivered_at" timestamp(3) with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"undeliverable_reason" text
);
--> statement-breakpoint
CREATE TABLE "outbox_heads" (
	"case_number" varchar(16) PRIMARY KEY NOT NULL,
	"last_seq" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"key" text PRIMARY KEY NOT NULL,
	"step_key" text NOT NULL,
	"case_number" varchar(16) NOT NULL,
	"kind" text NOT NULL,
	"sequence" integer NOT NULL,
	"recipient_guardian_ids" integer[] NOT NULL,
	"recipient_kind" text NOT NULL,
	"channel" text NOT NULL,
	"language" text NOT NULL,
	"status" text NOT NULL,
	"message_id" text,
	"to_email" text,
	"to_name" text,
	"to_address" jsonb,
	"subject" text NOT NULL,
	"text" text NOT NULL,
	"html" text,
	"pdf" "bytea",
	"sha256" text NOT NULL,
	"template_version" text NOT NULL,
	"policy_version" text NOT NULL,
	"evidence" jsonb NOT NULL,
	"practice" boolean NOT NULL,
	"instead_of" text,
	"claimed_at" timestamp(3) with time zone NOT NULL,
	"claimed_by" text NOT NULL,
	"data_started_at" timestamp(3) with time zone,
	"accepted_at" timestamp(3) with time zone,
	"smtp_response" text,
	"failure_code" text,
	"out_on" date,
	"posted_by" text,
	"posted_at" timestamp(3) with time zone,
	"settled_by" text,
	"settled_as" text,
	"settled_reason" text,
	"settled_at" timestamp(3) with time zone,
	CONSTRAINT "notices_message_id_unique" UNIQUE("message_id")
);
--> statement-breakpoint
CREATE TABLE "step_letters" (
	"key" text PRIMARY KEY NOT NULL,
	"case_number" varchar(16) NOT NULL,
	"kind" text NOT NULL,
	"sequence" integer NOT NULL,
	"status" text NOT NULL,
	"decided_on" date,
	"send_on" date,
	"withdrawing_command" text,
	"withdrawing_until" timestamp(3) with time zone,
	"blocked_reason" text,
	"out_on" date,
	"basis" jsonb,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "api_keys_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"user_id" text NOT NULL,
	"prefix" text NOT NULL,
	"sha256" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone,
	"revoked_at" timestamp(3) with time zone,
	CONSTRAINT "api_keys_prefix_unique" UNIQUE("prefix")
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"details" jsonb NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "commands" (
	"command_id" text PRIMARY KEY NOT NULL,
	"door" text NOT NULL,
	"request_hash" text NOT NULL,
	"response" jsonb,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tasks" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "tasks_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"key" text NOT NULL,
	"kind" text NOT NULL,
	"case_number" varchar(16),
	"school" text,
	"role" text NOT NULL,
	"text_code" text NOT NULL,
	"details" jsonb NOT NULL,
	"created_on" date NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"done_at" timestamp(3) with time zone,
	"done_by" text,
	"done_note" text,
	CONSTRAINT "tasks_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"schools" text[],
	"created_at" timestamp(3) with time zone NOT NULL,
	"disabled_at" timestamp(3) with time zone
);
--> statement-breakpoint
ALTER TABLE "school_contacts" ADD CONSTRAINT "school_contacts_school_schools_code_fk" FOREIGN KEY ("school") REFERENCES "public"."schools"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "schools" ADD CONSTRAINT "schools_district_districts_code_fk" FOREIGN KEY ("district") REFERENCES "public"."districts"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrollments" ADD CONSTRAINT "enrollments_student_id_students_id_fk" FOREIGN KEY ("student_id") REFERENCES "public"."students"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrollments" ADD CONSTRAINT "enrollments_school_schools_code_fk" FOREIGN KEY ("school") REFERENCES "public"."schools"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guardian_phones" ADD CONSTRAINT "guardian_phones_guardian_id_guardians_id_fk" FOREIGN KEY ("guardian_id") REFERENCES "public"."guardians"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guardianships" ADD CONSTRAINT "guardianships_guardian_id_guardians_id_fk" FOREIGN KEY ("guardian_id") REFERENCES "public"."guardians"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guardianships" ADD CONSTRAINT "guardianships_student_id_students_id_fk" FOREIGN KEY ("student_id") REFERENCES "public"."students"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attendance_marks" ADD CONSTRAINT "attendance_marks_student_id_students_id_fk" FOREIGN KEY ("student_id") REFERENCES "public"."students"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attendance_marks" ADD CONSTRAINT "attendance_marks_school_schools_code_fk" FOREIGN KEY ("school") REFERENCES "public"."schools"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "coverage" ADD CONSTRAINT "coverage_school_schools_code_fk" FOREIGN KEY ("school") REFERENCES "public"."schools"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "coverage_statements" ADD CONSTRAINT "coverage_statements_school_schools_code_fk" FOREIGN KEY ("school") REFERENCES "public"."schools"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "case_journal" ADD CONSTRAINT "case_journal_case_number_cases_number_fk" FOREIGN KEY ("case_number") REFERENCES "public"."cases"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_student_id_students_id_fk" FOREIGN KEY ("student_id") REFERENCES "public"."students"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cases" ADD CONSTRAINT "cases_school_schools_code_fk" FOREIGN KEY ("school") REFERENCES "public"."schools"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hearing_docket" ADD CONSTRAINT "hearing_docket_case_number_cases_number_fk" FOREIGN KEY ("case_number") REFERENCES "public"."cases"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interventions" ADD CONSTRAINT "interventions_student_id_students_id_fk" FOREIGN KEY ("student_id") REFERENCES "public"."students"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interventions" ADD CONSTRAINT "interventions_case_number_cases_number_fk" FOREIGN KEY ("case_number") REFERENCES "public"."cases"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_step_key_step_letters_key_fk" FOREIGN KEY ("step_key") REFERENCES "public"."step_letters"("key") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_case_number_cases_number_fk" FOREIGN KEY ("case_number") REFERENCES "public"."cases"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "step_letters" ADD CONSTRAINT "step_letters_case_number_cases_number_fk" FOREIGN KEY ("case_number") REFERENCES "public"."cases"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "schools_by_district" ON "schools" USING btree ("district");--> statement-breakpoint
CREATE INDEX "enrollments_by_school" ON "enrollments" USING btree ("school");--> statement-breakpoint
CREATE INDEX "guardianships_by_student" ON "guardianships" USING btree ("student_id");--> statement-breakpoint
CREATE INDEX "students_by_name" ON "students" USING btree (lower("last_name"),lower("first_name"));--> statement-breakpoint
CREATE UNIQUE INDEX "attendance_marks_current" ON "attendance_marks" USING btree ("student_id","source","school","date","slot") WHERE "attendance_marks"."current";--> statement-breakpoint
CREATE INDEX "attendance_marks_by_student_date" ON "attendance_marks" USING btree ("student_id","date");--> statement-breakpoint
CREATE INDEX "attendance_marks_by_source" ON "attendance_marks" USING btree ("source","school","date") WHERE "attendance_marks"."current";--> statement-breakpoint
CREATE INDEX "coverage_statements_by_school" ON "coverage_statements" USING btree ("school","from_date");--> statement-breakpoint
CREATE INDEX "imports_by_content" ON "imports" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "imports_by_source" ON "imports" USING btree ("source","at");--> statement-breakpoint
CREATE INDEX "case_journal_by_date" ON "case_journal" USING btree ("case_number","office_date");--> statement-breakpoint
CREATE UNIQUE INDEX "cases_one_open_per_student" ON "cases" USING btree ("student_id") WHERE "cases"."status" = 'open';--> statement-breakpoint
CREATE INDEX "cases_by_student" ON "cases" USING btree ("student_id");--> statement-breakpoint
CREATE INDEX "cases_by_school" ON "cases" USING btree ("school","status");--> statement-breakpoint
CREATE INDEX "cases_by_deadline" ON "cases" USING btree ("next_deadline") WHERE "cases"."status" = 'open';--> statement-breakpoint
CREATE INDEX "cases_by_stage" ON "cases" USING btree ("stage","action_by");--> statement-breakpoint
CREATE UNIQUE INDEX "hearing_docket_one_booking" ON "hearing_docket" USING btree ("place","date","time") WHERE "hearing_docket"."status" = 'booked';--> statement-breakpoint
CREATE INDEX "hearing_docket_by_case" ON "hearing_docket" USING btree ("case_number");--> statement-breakpoint
CREATE INDEX "interventions_by_student" ON "interventions" USING btree ("student_id","date");--> statement-breakpoint
CREATE UNIQUE INDEX "outbox_order" ON "outbox" USING btree ("case_number","seq");--> statement-breakpoint
CREATE INDEX "outbox_pending" ON "outbox" USING btree ("case_number","seq") WHERE "outbox"."delivered_at" is null and "outbox"."undeliverable_reason" is null;--> statement-breakpoint
CREATE INDEX "notices_by_case" ON "notices" USING btree ("case_number");--> statement-breakpoint
CREATE INDEX "notices_by_step" ON "notices" USING btree ("step_key");--> statement-breakpoint
CREATE INDEX "notices_unsettled" ON "notices" USING btree ("status") WHERE "notices"."status" in ('claimed', 'unknown', 'queued');--> statement-breakpoint
CREATE INDEX "step_letters_by_case" ON "step_letters" USING btree ("case_number");--> statement-breakpoint
CREATE INDEX "step_letters_to_send" ON "step_letters" USING btree ("send_on") WHERE "step_letters"."status" in ('waiting', 'withdrawing', 'leaving', 'blocked');--> statement-breakpoint
CREATE INDEX "api_keys_by_user" ON "api_keys" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "audit_by_subject" ON "audit" USING btree ("subject","id");--> statement-breakpoint
CREATE INDEX "audit_by_time" ON "audit" USING btree ("at");--> statement-breakpoint
CREATE INDEX "tasks_open" ON "tasks" USING btree ("role","school") WHERE "tasks"."done_at" is null;--> statement-breakpoint
CREATE INDEX "tasks_by_case" ON "tasks" USING btree ("case_number");