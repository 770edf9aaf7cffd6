ALTER TABLE "digests" ADD COLUMN "task_ids" integer[] NOT NULL;--> statement-breakpoint
ALTER TABLE "digests" DROP COLUMN "up_to_task";--> statement-breakpoint
ALTER TABLE "digests" DROP COLUMN "tasks";