-- The reputation of tenants. `sending_status` of 0019-tenants.sql is the aggregate of the two statuses here.
ALTER TABLE tenants
  ADD COLUMN reputation_policy text NOT NULL DEFAULT 'standard' CHECK (reputation_policy IN ('none', 'standard', 'strict')),
  -- The status that users set; NULL until it is first written.
  ADD COLUMN customer_status text CHECK (customer_status IN ('ENABLED', 'REINSTATED', 'DISABLED')),
  ADD COLUMN customer_cause text,
  ADD COLUMN customer_status_at timestamptz,
  -- The server's own decision, which SES calls AWS-managed. NULL as the time: since the creation.
  ADD COLUMN managed_status text NOT NULL DEFAULT 'ENABLED' CHECK (managed_status IN ('ENABLED', 'DISABLED')),
  ADD COLUMN managed_cause text,
  ADD COLUMN managed_status_at timestamptz;
-- Without an index, each evaluation would read all tenants to find the few that it must look at.
CREATE INDEX tenants_reinstated ON tenants (scope, name) WHERE customer_status = 'REINSTATED';

-- What is currently wrong with a tenant's mail. A row is deleted once it is not any more.
CREATE TABLE tenant_findings (
  scope integer NOT NULL,
  tenant text COLLATE "C" NOT NULL,
  kind text NOT NULL CHECK (kind IN ('BOUNCE', 'COMPLAINT')),
  impact text NOT NULL CHECK (impact IN ('LOW', 'HIGH')),
  -- From 0 to 1, and out of how many messages.
  rate float8 NOT NULL,
  volume bigint NOT NULL,
  -- The window in days, which ended when the rate was measured.
  window_days integer NOT NULL,
  measured_at timestamptz NOT NULL,
  since timestamptz NOT NULL,
  -- The impact with which users reinstated the tenant; NULL if they did not.
  accepted_impact text CHECK (accepted_impact IN ('LOW', 'HIGH')),
  PRIMARY KEY (scope, tenant, kind),
  FOREIGN KEY (scope, tenant) REFERENCES tenants (scope, name) ON DELETE CASCADE
);

-- The tenant of queued mail, which waits while the tenant is paused. Mail queued before has none, and is not held back.
ALTER TABLE send_queue ADD COLUMN tenant text COLLATE "C";
DROP INDEX send_queue_paused;
CREATE INDEX send_queue_paused ON send_queue (scope, (coalesce(configuration_set, '')), (coalesce(tenant, '')), id)
  WHERE state = 'paused';
