-- Dashboard sessions that were ended by signing out, until their tokens expire by themselves.
CREATE TABLE ended_sessions (
  id text COLLATE "C" PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
