-- How far the run that got furthest came, in units of the kind of job. A run that gets further is not one of those that
-- a job may have in vain.
ALTER TABLE export_jobs ADD COLUMN progress bigint NOT NULL DEFAULT 0;
ALTER TABLE import_jobs ADD COLUMN progress bigint NOT NULL DEFAULT 0;
