-- Tenants: parts of a scope that send with resources associated with them, and have a suppression list of their own
-- (the rows of suppressed_destinations with their name).
CREATE TABLE tenants (
  scope integer NOT NULL REFERENCES scopes (id),
  name text COLLATE "C" NOT NULL,
  -- `tn-` and 30 hexadecimal digits. A tenant that is created again under the same name has another one.
  id text COLLATE "C" NOT NULL UNIQUE,
  created_at timestamptz NOT NULL,
  -- An array of {Key, Value}, in the order given.
  tags jsonb NOT NULL,
  -- {SuppressedReasons, SuppressionScope} as on the wire. NULL: those of the account.
  suppression jsonb,
  sending_status text NOT NULL DEFAULT 'ENABLED' CHECK (sending_status IN ('ENABLED', 'REINSTATED', 'DISABLED')),
  PRIMARY KEY (scope, name)
);

-- The resources that a tenant may send with. No foreign key to them: they are in three tables. Functions that add an
-- association or delete a resource lock its row (tenant-resources.ts).
CREATE TABLE tenant_resources (
  scope integer NOT NULL,
  tenant text COLLATE "C" NOT NULL,
  -- As in the ARN.
  type text COLLATE "C" NOT NULL CHECK (type IN ('configuration-set', 'identity', 'template')),
  name text COLLATE "C" NOT NULL,
  associated_at timestamptz NOT NULL,
  -- The order of association.
  position bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (scope, tenant, type, name),
  FOREIGN KEY (scope, tenant) REFERENCES tenants (scope, name) ON DELETE CASCADE
);
CREATE UNIQUE INDEX tenant_resources_of_resource ON tenant_resources (scope, type, name, position);

-- Before, a tenant's suppression list needed no tenant. The lists stay: their owners become tenants.
INSERT INTO tenants (scope, name, id, created_at, tags)
SELECT scope, tenant, 'tn-' || left(replace(gen_random_uuid()::text, '-', ''), 30), now(), '[]'
FROM (SELECT DISTINCT scope, tenant FROM suppressed_destinations WHERE tenant <> '') AS lists;
