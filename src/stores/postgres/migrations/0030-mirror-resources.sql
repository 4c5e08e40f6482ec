-- How far the reading of identities, configuration sets and templates of a source's real account has come.
CREATE TABLE mirror_resource_kinds (
  source uuid NOT NULL REFERENCES mirror_sources (id) ON DELETE CASCADE,
  kind text COLLATE "C" NOT NULL,
  -- The account and the region that were read, such as 111122223333/eu-west-1. What is of another one is deleted.
  origin text NOT NULL,
  -- When the last complete listing began; NULL: never.
  listed_at timestamptz,
  -- What last went wrong; NULL since something went well.
  error text,
  error_at timestamptz,
  PRIMARY KEY (source, kind)
);

-- The identities, configuration sets and templates themselves.
CREATE TABLE mirror_resources (
  source uuid NOT NULL REFERENCES mirror_sources (id) ON DELETE CASCADE,
  kind text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  -- When the last listing began that named it.
  listed_at timestamptz NOT NULL,
  -- When its details were last asked for, and when they last came; NULL: never.
  asked_at timestamptz,
  pulled_at timestamptz,
  -- JSON: what the lists show, and all that the account answered. NULL: nothing came, or it was too long.
  facts text,
  details text,
  -- Why its details did not come when they were last asked for.
  error text,
  PRIMARY KEY (source, kind, name)
);
CREATE INDEX mirror_resources_asked ON mirror_resources (source, kind, asked_at NULLS FIRST);
