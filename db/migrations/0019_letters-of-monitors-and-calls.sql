ALTER TABLE "notices" DROP CONSTRAINT "notices_case_number_cases_number_fk";
--> statement-breakpoint
ALTER TABLE "step_letters" DROP CONSTRAINT "step_letters_case_number_cases_number_fk";
