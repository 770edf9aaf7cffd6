CREATE TABLE "mail_proofs" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "mail_proofs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"notice_key" text NOT NULL,
	"outcome" text NOT NULL,
	"on_date" date NOT NULL,
	"reference" text,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "print_batches" (
	"number" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "print_batches_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"command_id" text NOT NULL,
	"made_on" date NOT NULL,
	"duplex" boolean NOT NULL,
	"pages" integer NOT NULL,
	"pdf" "bytea" NOT NULL,
	"sha256" text NOT NULL,
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "print_batches_command_id_unique" UNIQUE("command_id")
);
--> statement-breakpoint
CREATE TABLE "print_envelopes" (
	"batch" integer NOT NULL,
	"number" integer NOT NULL,
	"to_name" text NOT NULL,
	"to_address" jsonb NOT NULL,
	"certified" text,
	CONSTRAINT "print_envelopes_batch_number_pk" PRIMARY KEY("batch","number")
);
--> statement-breakpoint
CREATE TABLE "print_pieces" (
	"notice_key" text PRIMARY KEY NOT NULL,
	"batch" integer NOT NULL,
	"envelope" integer NOT NULL,
	"sequence" integer NOT NULL,
	"first_page" integer NOT NULL,
	"pages" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "disclosures" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "disclosures_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"command_id" text,
	"case_number" varchar(16) NOT NULL,
	"kind" text NOT NULL,
	"copy_of" integer,
	"county" text NOT NULL,
	"to_whom" text NOT NULL,
	"purpose" text NOT NULL,
	"made_on" date NOT NULL,
	"pages" integer NOT NULL,
	"missing" jsonb NOT NULL,
	"sha256" text NOT NULL,
	"sealed_bytes" integer NOT NULL,
	"sealed_sha256" text NOT NULL,
	"pdf" "bytea",
	"actor" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "disclosures_command_id_unique" UNIQUE("command_id")
);
--> statement-breakpoint
ALTER TABLE "mail_proofs" ADD CONSTRAINT "mail_proofs_notice_key_notices_key_fk" FOREIGN KEY ("notice_key") REFERENCES "public"."notices"("key") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "print_envelopes" ADD CONSTRAINT "print_envelopes_batch_print_batches_number_fk" FOREIGN KEY ("batch") REFERENCES "public"."print_batches"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "print_pieces" ADD CONSTRAINT "print_pieces_notice_key_notices_key_fk" FOREIGN KEY ("notice_key") REFERENCES "public"."notices"("key") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "print_pieces" ADD CONSTRAINT "print_pieces_batch_print_batches_number_fk" FOREIGN KEY ("batch") REFERENCES "public"."print_batches"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disclosures" ADD CONSTRAINT "disclosures_case_number_cases_number_fk" FOREIGN KEY ("case_number") REFERENCES "public"."cases"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "mail_proofs_once" ON "mail_proofs" USING btree ("notice_key","outcome","on_date");--> statement-breakpoint
CREATE INDEX "mail_proofs_by_notice" ON "mail_proofs" USING btree ("notice_key");--> statement-breakpoint
CREATE UNIQUE INDEX "print_envelopes_certified" ON "print_envelopes" USING btree ("certified");--> statement-breakpoint
CREATE UNIQUE INDEX "print_pieces_in_order" ON "print_pieces" USING btree ("batch","sequence");--> statement-breakpoint
CREATE INDEX "disclosures_by_case" ON "disclosures" USING btree ("case_number");