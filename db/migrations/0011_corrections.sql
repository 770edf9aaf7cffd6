CREATE TABLE "whole_files" (
	"source" text NOT NULL,
	"school" text NOT NULL,
	"from_date" date NOT NULL,
	"to_date" date NOT NULL,
	"said_at" timestamp(3) with time zone NOT NULL,
	"import_id" uuid,
	CONSTRAINT "whole_files_source_school_said_at_from_date_to_date_pk" PRIMARY KEY("source","school","said_at","from_date","to_date")
);
--> statement-breakpoint
ALTER TABLE "attendance_marks" ADD COLUMN "by_hand" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "attendance_marks" ADD COLUMN "said_at" timestamp(3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "attendance_marks" ADD COLUMN "corrects" bigint;--> statement-breakpoint
ALTER TABLE "coverage_statements" ADD COLUMN "taken_back" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "coverage_statements" ADD COLUMN "reason" text;--> statement-breakpoint
ALTER TABLE "whole_files" ADD CONSTRAINT "whole_files_school_schools_code_fk" FOREIGN KEY ("school") REFERENCES "public"."schools"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
UPDATE "attendance_marks" SET "said_at" = "reported_at", "by_hand" = ("import_id" IS NULL AND "reported_by" = "actor");--> statement-breakpoint
UPDATE "attendance_marks" m SET "corrects" = (
  SELECT x."id" FROM "attendance_marks" x
   WHERE (x."student_id", x."source", x."school", x."date", x."slot") = (m."student_id", m."source", m."school", m."date", m."slot")
     AND NOT x."by_hand" AND x."revision" < m."revision"
   ORDER BY x."revision" DESC LIMIT 1
) WHERE m."by_hand";
