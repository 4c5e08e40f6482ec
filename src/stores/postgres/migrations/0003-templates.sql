-- Email templates. Parts that were not given are null. Names compare by bytes ("C"), as everywhere.
CREATE TABLE email_templates (
  name text COLLATE "C" PRIMARY KEY,
  -- The order of creation, for newest first.
  position bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  created_at timestamptz NOT NULL,
  subject text,
  text_part text,
  html_part text,
  -- An array of {Key, Value}, in the order given.
  tags jsonb NOT NULL
);
