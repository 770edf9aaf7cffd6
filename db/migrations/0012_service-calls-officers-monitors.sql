CREATE SEQUENCE "public"."officer_numbers" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE SEQUENCE "public"."call_numbers" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE SEQUENCE "public"."monitor_numbers" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "address_hazards" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "address_hazards_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"address_key" text NOT NULL,
	"address" text NOT NULL,
	"note" text NOT NULL,
	"ended_at" timestamp(3) with time zone,
	"ended_by" text,
	"end_reason" text,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "duty_spans" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "duty_spans_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"officer" text NOT NULL,
	"from_at" timestamp(3) with time zone NOT NULL,
	"to_at" timestamp(3) with time zone,
	"reason" text,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "officer_schools" (
	"officer" text NOT NULL,
	"school" text NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "officer_schools_officer_school_pk" PRIMARY KEY("officer","school")
);
--> statement-breakpoint
CREATE TABLE "officers" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text,
	"name" text NOT NULL,
	"channel" text NOT NULL,
	"reach" text,
	"secret" text,
	"all_schools" boolean DEFAULT false NOT NULL,
	"ended_at" timestamp(3) with time zone,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "call_journal" (
	"call_number" varchar(16) NOT NULL,
	"run_id" text NOT NULL,
	"seq" integer NOT NULL,
	"office_date" date NOT NULL,
	"happened_at" timestamp(3) with time zone,
	"command_id" text,
	"type" text NOT NULL,
	"data" jsonb NOT NULL,
	"invented" boolean DEFAULT false NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "call_journal_call_number_run_id_seq_pk" PRIMARY KEY("call_number","run_id","seq")
);
--> statement-breakpoint
CREATE TABLE "call_messages" (
	"key" text PRIMARY KEY NOT NULL,
	"call_number" varchar(16) NOT NULL,
	"kind" text NOT NULL,
	"channel" text NOT NULL,
	"officer" text,
	"school" text,
	"function" text,
	"details" jsonb NOT NULL,
	"status" text NOT NULL,
	"planned_at" timestamp(3) with time zone NOT NULL,
	"claimed_by" text,
	"data_started_at" timestamp(3) with time zone,
	"settled_at" timestamp(3) with time zone,
	"failure_code" text,
	"practice" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "call_offers" (
	"call_number" varchar(16) NOT NULL,
	"nth" integer NOT NULL,
	"officer" text NOT NULL,
	"part" integer DEFAULT 1 NOT NULL,
	"status" text NOT NULL,
	"chosen_by" text NOT NULL,
	"offered_at" timestamp(3) with time zone NOT NULL,
	"offered_on" date NOT NULL,
	"ended_at" timestamp(3) with time zone,
	"reason" text,
	CONSTRAINT "call_offers_call_number_nth_pk" PRIMARY KEY("call_number","nth")
);
--> statement-breakpoint
CREATE TABLE "service_calls" (
	"number" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"stage" text NOT NULL,
	"school" text,
	"student_id" integer,
	"workflow_id" text NOT NULL,
	"policy_name" text NOT NULL,
	"policy_version" text NOT NULL,
	"opened_at" timestamp(3) with time zone NOT NULL,
	"opened_on" date NOT NULL,
	"intake" jsonb NOT NULL,
	"address" jsonb,
	"priority" integer,
	"seeking" boolean NOT NULL,
	"goes_from" date NOT NULL,
	"area" text,
	"officer" text,
	"headline" text NOT NULL,
	"action_by" text,
	"next_deadline" timestamp(3) with time zone,
	"flags" text[] DEFAULT '{}'::text[] NOT NULL,
	"outcome" text,
	"closed_at" timestamp(3) with time zone,
	"closed_on" date,
	"projection" jsonb,
	"run_started_at" timestamp(3) with time zone,
	"run_id" text,
	"seq" integer DEFAULT 0 NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "service_calls_workflow_id_unique" UNIQUE("workflow_id")
);
--> statement-breakpoint
CREATE TABLE "visits" (
	"call_number" varchar(16) NOT NULL,
	"nth" integer NOT NULL,
	"officer" text NOT NULL,
	"departed_at" timestamp(3) with time zone NOT NULL,
	"expected_back_at" timestamp(3) with time zone NOT NULL,
	"arrived_at" timestamp(3) with time zone,
	"back_at" timestamp(3) with time zone,
	"overdue_since" timestamp(3) with time zone,
	"flagged" text,
	CONSTRAINT "visits_call_number_nth_pk" PRIMARY KEY("call_number","nth")
);
--> statement-breakpoint
CREATE TABLE "attendance_notes" (
	"id" text PRIMARY KEY NOT NULL,
	"student_id" integer NOT NULL,
	"school" text,
	"date" date NOT NULL,
	"kind" text NOT NULL,
	"text" text NOT NULL,
	"call_number" text,
	"source" text NOT NULL,
	"invented" boolean DEFAULT false NOT NULL,
	"void_reason" text,
	"void_at" timestamp(3) with time zone,
	"void_by" text,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "contact_attempts" (
	"id" text PRIMARY KEY NOT NULL,
	"student_id" integer NOT NULL,
	"school" text,
	"guardian_id" integer,
	"phone" text NOT NULL,
	"household" boolean,
	"date" date NOT NULL,
	"happened_at" timestamp(3) with time zone,
	"outcome" text NOT NULL,
	"reached_parent" boolean NOT NULL,
	"note" text,
	"call_number" text,
	"source" text NOT NULL,
	"invented" boolean DEFAULT false NOT NULL,
	"void_reason" text,
	"void_at" timestamp(3) with time zone,
	"void_by" text,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "monitor_journal" (
	"monitor_number" varchar(16) NOT NULL,
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
	CONSTRAINT "monitor_journal_monitor_number_run_id_seq_pk" PRIMARY KEY("monitor_number","run_id","seq")
);
--> statement-breakpoint
CREATE TABLE "monitors" (
	"number" text PRIMARY KEY NOT NULL,
	"student_id" integer NOT NULL,
	"school" text NOT NULL,
	"status" text NOT NULL,
	"workflow_id" text NOT NULL,
	"policy_name" text NOT NULL,
	"policy_version" text NOT NULL,
	"call_number" text,
	"officer" text,
	"contract_on" date NOT NULL,
	"starts_on" date,
	"stops_on" date,
	"standing" text NOT NULL,
	"headline" text NOT NULL,
	"action_by" text,
	"next_deadline" date,
	"breaches" integer DEFAULT 0 NOT NULL,
	"flags" text[] DEFAULT '{}'::text[] NOT NULL,
	"ended_on" date,
	"ended_how" text,
	"projection" jsonb,
	"run_started_at" timestamp(3) with time zone,
	"run_id" text,
	"seq" integer DEFAULT 0 NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "monitors_workflow_id_unique" UNIQUE("workflow_id")
);
--> statement-breakpoint
ALTER TABLE "duty_spans" ADD CONSTRAINT "duty_spans_officer_officers_id_fk" FOREIGN KEY ("officer") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "officer_schools" ADD CONSTRAINT "officer_schools_officer_officers_id_fk" FOREIGN KEY ("officer") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "officer_schools" ADD CONSTRAINT "officer_schools_school_schools_code_fk" FOREIGN KEY ("school") REFERENCES "public"."schools"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "officers" ADD CONSTRAINT "officers_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "call_journal" ADD CONSTRAINT "call_journal_call_number_service_calls_number_fk" FOREIGN KEY ("call_number") REFERENCES "public"."service_calls"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "call_messages" ADD CONSTRAINT "call_messages_officer_officers_id_fk" FOREIGN KEY ("officer") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "call_messages" ADD CONSTRAINT "call_messages_school_schools_code_fk" FOREIGN KEY ("school") REFERENCES "public"."schools"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "call_offers" ADD CONSTRAINT "call_offers_call_number_service_calls_number_fk" FOREIGN KEY ("call_number") REFERENCES "public"."service_calls"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "call_offers" ADD CONSTRAINT "call_offers_officer_officers_id_fk" FOREIGN KEY ("officer") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_calls" ADD CONSTRAINT "service_calls_school_schools_code_fk" FOREIGN KEY ("school") REFERENCES "public"."schools"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_calls" ADD CONSTRAINT "service_calls_student_id_students_id_fk" FOREIGN KEY ("student_id") REFERENCES "public"."students"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_calls" ADD CONSTRAINT "service_calls_officer_officers_id_fk" FOREIGN KEY ("officer") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "visits" ADD CONSTRAINT "visits_call_number_service_calls_number_fk" FOREIGN KEY ("call_number") REFERENCES "public"."service_calls"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "visits" ADD CONSTRAINT "visits_officer_officers_id_fk" FOREIGN KEY ("officer") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attendance_notes" ADD CONSTRAINT "attendance_notes_student_id_students_id_fk" FOREIGN KEY ("student_id") REFERENCES "public"."students"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attendance_notes" ADD CONSTRAINT "attendance_notes_school_schools_code_fk" FOREIGN KEY ("school") REFERENCES "public"."schools"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contact_attempts" ADD CONSTRAINT "contact_attempts_student_id_students_id_fk" FOREIGN KEY ("student_id") REFERENCES "public"."students"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contact_attempts" ADD CONSTRAINT "contact_attempts_school_schools_code_fk" FOREIGN KEY ("school") REFERENCES "public"."schools"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contact_attempts" ADD CONSTRAINT "contact_attempts_guardian_id_guardians_id_fk" FOREIGN KEY ("guardian_id") REFERENCES "public"."guardians"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "monitor_journal" ADD CONSTRAINT "monitor_journal_monitor_number_monitors_number_fk" FOREIGN KEY ("monitor_number") REFERENCES "public"."monitors"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "monitors" ADD CONSTRAINT "monitors_student_id_students_id_fk" FOREIGN KEY ("student_id") REFERENCES "public"."students"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "monitors" ADD CONSTRAINT "monitors_school_schools_code_fk" FOREIGN KEY ("school") REFERENCES "public"."schools"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "monitors" ADD CONSTRAINT "monitors_officer_officers_id_fk" FOREIGN KEY ("officer") REFERENCES "public"."officers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "address_hazards_by_address" ON "address_hazards" USING btree ("address_key") WHERE "address_hazards"."ended_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "duty_spans_one_open" ON "duty_spans" USING btree ("officer") WHERE "duty_spans"."to_at" is null;--> statement-breakpoint
CREATE INDEX "duty_spans_by_time" ON "duty_spans" USING btree ("from_at");--> statement-breakpoint
CREATE UNIQUE INDEX "officers_by_user" ON "officers" USING btree ("user_id") WHERE "officers"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "call_messages_by_call" ON "call_messages" USING btree ("call_number");--> statement-breakpoint
CREATE UNIQUE INDEX "call_offers_one_for_an_officer" ON "call_offers" USING btree ("officer") WHERE "call_offers"."status" in ('open', 'accepted');--> statement-breakpoint
CREATE UNIQUE INDEX "call_offers_one_for_a_call" ON "call_offers" USING btree ("call_number","part") WHERE "call_offers"."status" in ('open', 'accepted');--> statement-breakpoint
CREATE INDEX "call_offers_by_officer" ON "call_offers" USING btree ("officer","offered_at");--> statement-breakpoint
CREATE INDEX "service_calls_waiting" ON "service_calls" USING btree ("priority","opened_at") WHERE "service_calls"."status" = 'open' and "service_calls"."seeking";--> statement-breakpoint
CREATE INDEX "service_calls_by_student" ON "service_calls" USING btree ("student_id");--> statement-breakpoint
CREATE INDEX "service_calls_by_school" ON "service_calls" USING btree ("school","status");--> statement-breakpoint
CREATE INDEX "service_calls_by_day" ON "service_calls" USING btree ("opened_on");--> statement-breakpoint
CREATE UNIQUE INDEX "visits_one_for_an_officer" ON "visits" USING btree ("officer") WHERE "visits"."back_at" is null;--> statement-breakpoint
CREATE INDEX "attendance_notes_by_student" ON "attendance_notes" USING btree ("student_id","date");--> statement-breakpoint
CREATE INDEX "contact_attempts_by_student" ON "contact_attempts" USING btree ("student_id","date");--> statement-breakpoint
CREATE UNIQUE INDEX "monitors_one_open_per_student" ON "monitors" USING btree ("student_id") WHERE "monitors"."status" = 'open';--> statement-breakpoint
CREATE INDEX "monitors_by_student" ON "monitors" USING btree ("student_id");--> statement-breakpoint
CREATE INDEX "monitors_by_deadline" ON "monitors" USING btree ("next_deadline") WHERE "monitors"."status" = 'open';