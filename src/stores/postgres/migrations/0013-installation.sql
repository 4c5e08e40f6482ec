-- Which installation this database belongs to, and where its event database was marked as belonging to it.
CREATE TABLE installation (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  id uuid NOT NULL,
  -- `folder` or the server; null until it is marked.
  events text
);
