-- Accounts. Resources belong to a scope: one account in one region. Rows that existed before belong to scope 1, that of
-- the default account and region; each start sets its names as in the settings.
CREATE TABLE accounts (
  id text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[0-9]{12}$'),
  name text NOT NULL,
  -- NULL: the default account, which every database begins with.
  created_at timestamptz
);

CREATE TABLE scopes (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account text COLLATE "C" NOT NULL REFERENCES accounts (id) ON UPDATE CASCADE,
  region text COLLATE "C" NOT NULL,
  UNIQUE (account, region)
);
INSERT INTO accounts (id, name) VALUES ('000000000000', 'default');
INSERT INTO scopes (account, region) VALUES ('000000000000', 'us-east-1');

-- An access key works in all regions of its account.
ALTER TABLE access_keys
  ADD COLUMN account text COLLATE "C" NOT NULL DEFAULT '000000000000' REFERENCES accounts (id) ON UPDATE CASCADE;
ALTER TABLE access_keys ALTER COLUMN account DROP DEFAULT;

-- The settings of an account in one region.
ALTER TABLE account ADD COLUMN scope integer NOT NULL DEFAULT 1 REFERENCES scopes (id), DROP COLUMN only_row;
ALTER TABLE account ADD PRIMARY KEY (scope), ALTER COLUMN scope DROP DEFAULT;
-- ValidationAttributes of PutAccountSuppressionAttributes; NULL if not given.
ALTER TABLE account ADD COLUMN suppression_validation jsonb;

ALTER TABLE sending_hours ADD COLUMN scope integer NOT NULL DEFAULT 1 REFERENCES scopes (id);
ALTER TABLE sending_hours DROP CONSTRAINT sending_hours_pkey, ADD PRIMARY KEY (scope, hour);
ALTER TABLE sending_hours ALTER COLUMN scope DROP DEFAULT;

ALTER TABLE event_destinations DROP CONSTRAINT event_destinations_configuration_set_fkey;
ALTER TABLE configuration_sets ADD COLUMN scope integer NOT NULL DEFAULT 1 REFERENCES scopes (id);
ALTER TABLE configuration_sets DROP CONSTRAINT configuration_sets_pkey, ADD PRIMARY KEY (scope, name);
ALTER TABLE event_destinations ADD COLUMN scope integer NOT NULL DEFAULT 1;
ALTER TABLE event_destinations
  DROP CONSTRAINT event_destinations_configuration_set_name_key,
  ADD UNIQUE (scope, configuration_set, name),
  ADD FOREIGN KEY (scope, configuration_set) REFERENCES configuration_sets (scope, name) ON DELETE CASCADE;
ALTER TABLE configuration_sets ALTER COLUMN scope DROP DEFAULT;
ALTER TABLE event_destinations ALTER COLUMN scope DROP DEFAULT;

ALTER TABLE dkim_keys DROP CONSTRAINT dkim_keys_identity_fkey;
ALTER TABLE mail_from_domains DROP CONSTRAINT mail_from_domains_identity_fkey;
ALTER TABLE identity_notifications DROP CONSTRAINT identity_notifications_identity_fkey;
ALTER TABLE email_identities ADD COLUMN scope integer NOT NULL DEFAULT 1 REFERENCES scopes (id);
ALTER TABLE email_identities DROP CONSTRAINT email_identities_pkey, ADD PRIMARY KEY (scope, name);
-- Private keys of scopes other than 1 are sealed for `dkim@<scope>:<identity>:<selector>`.
ALTER TABLE dkim_keys ADD COLUMN scope integer NOT NULL DEFAULT 1;
ALTER TABLE dkim_keys
  DROP CONSTRAINT dkim_keys_pkey,
  DROP CONSTRAINT dkim_keys_identity_selector_key,
  ADD PRIMARY KEY (scope, identity, role),
  ADD UNIQUE (scope, identity, selector),
  ADD FOREIGN KEY (scope, identity) REFERENCES email_identities (scope, name) ON DELETE CASCADE;
ALTER TABLE mail_from_domains ADD COLUMN scope integer NOT NULL DEFAULT 1;
ALTER TABLE mail_from_domains
  DROP CONSTRAINT mail_from_domains_pkey,
  ADD PRIMARY KEY (scope, identity),
  ADD FOREIGN KEY (scope, identity) REFERENCES email_identities (scope, name) ON DELETE CASCADE;
ALTER TABLE identity_notifications ADD COLUMN scope integer NOT NULL DEFAULT 1;
ALTER TABLE identity_notifications
  DROP CONSTRAINT identity_notifications_pkey,
  ADD PRIMARY KEY (scope, identity, type),
  ADD FOREIGN KEY (scope, identity) REFERENCES email_identities (scope, name) ON DELETE CASCADE;
ALTER TABLE email_identities ALTER COLUMN scope DROP DEFAULT;
ALTER TABLE dkim_keys ALTER COLUMN scope DROP DEFAULT;
ALTER TABLE mail_from_domains ALTER COLUMN scope DROP DEFAULT;
ALTER TABLE identity_notifications ALTER COLUMN scope DROP DEFAULT;
-- Bounces to a MAIL FROM domain are accepted whichever scopes have it.
CREATE INDEX mail_from_domains_domain ON mail_from_domains (domain);

ALTER TABLE email_templates ADD COLUMN scope integer NOT NULL DEFAULT 1 REFERENCES scopes (id);
ALTER TABLE email_templates DROP CONSTRAINT email_templates_pkey, ADD PRIMARY KEY (scope, name);
ALTER TABLE email_templates ALTER COLUMN scope DROP DEFAULT;

ALTER TABLE suppressed_destinations ADD COLUMN scope integer NOT NULL DEFAULT 1 REFERENCES scopes (id);
ALTER TABLE suppressed_destinations
  DROP CONSTRAINT suppressed_destinations_pkey, ADD PRIMARY KEY (scope, tenant, address);
ALTER TABLE suppressed_destinations ALTER COLUMN scope DROP DEFAULT;
-- Sending treats addresses that differ in case only as the same: suppressed-destinations.ts. All are expressions, because
-- a plan made for a small table would otherwise take the primary key for scope and tenant, and read the whole list.
CREATE INDEX suppressed_destinations_folded
  ON suppressed_destinations ((scope + 0), (tenant || ''), lower(address));

ALTER TABLE contacts DROP CONSTRAINT contacts_list_fkey;
ALTER TABLE contact_lists ADD COLUMN scope integer NOT NULL DEFAULT 1 REFERENCES scopes (id);
ALTER TABLE contact_lists DROP CONSTRAINT contact_lists_pkey, ADD PRIMARY KEY (scope, name);
ALTER TABLE contact_lists ALTER COLUMN scope DROP DEFAULT;
ALTER TABLE contacts ADD COLUMN scope integer NOT NULL DEFAULT 1;
ALTER TABLE contacts
  DROP CONSTRAINT contacts_pkey,
  ADD PRIMARY KEY (scope, list, address),
  ADD FOREIGN KEY (scope, list) REFERENCES contact_lists (scope, name) ON DELETE CASCADE;
ALTER TABLE contacts ALTER COLUMN scope DROP DEFAULT;

ALTER TABLE export_jobs ADD COLUMN scope integer NOT NULL DEFAULT 1 REFERENCES scopes (id);
ALTER TABLE export_jobs ALTER COLUMN scope DROP DEFAULT;
CREATE INDEX export_jobs_scope ON export_jobs (scope, position);
ALTER TABLE import_jobs ADD COLUMN scope integer NOT NULL DEFAULT 1 REFERENCES scopes (id);
CREATE INDEX import_jobs_scope ON import_jobs (scope, position);
ALTER TABLE import_jobs ALTER COLUMN scope DROP DEFAULT;

-- No foreign keys in these tables: each commit of mail or events adds rows.
ALTER TABLE outbox ADD COLUMN scope integer NOT NULL DEFAULT 1;
ALTER TABLE outbox ALTER COLUMN scope DROP DEFAULT;
ALTER TABLE publications ADD COLUMN scope integer NOT NULL DEFAULT 1;
ALTER TABLE publications ALTER COLUMN scope DROP DEFAULT;
ALTER TABLE send_queue ADD COLUMN scope integer NOT NULL DEFAULT 1;
ALTER TABLE send_queue ALTER COLUMN scope DROP DEFAULT;
-- Mail is also set aside while the sending of its account is paused, whatever its configuration set.
DROP INDEX send_queue_paused;
CREATE INDEX send_queue_paused ON send_queue (scope, (coalesce(configuration_set, '')), id) WHERE state = 'paused';
-- The scope of the target. The names of an identity's topic and of the event bus say it too: src/stores/postgres/target-name.ts.
ALTER TABLE publication_batches ADD COLUMN scope integer NOT NULL DEFAULT 1;
ALTER TABLE publication_batches ALTER COLUMN scope DROP DEFAULT;

ALTER TABLE webhooks ADD COLUMN scope integer NOT NULL DEFAULT 1 REFERENCES scopes (id);
ALTER TABLE webhooks DROP CONSTRAINT webhooks_name_key, ADD UNIQUE (scope, name);
ALTER TABLE webhooks ALTER COLUMN scope DROP DEFAULT;
