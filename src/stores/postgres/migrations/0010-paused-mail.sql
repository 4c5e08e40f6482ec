-- Mail of a configuration set whose sending is paused: a row that a claim finds so becomes `paused`, so that no later
-- claim has to pass over it. Workers make such rows due again once the set sends or no longer exists.
ALTER TABLE send_queue DROP CONSTRAINT send_queue_state_check;
ALTER TABLE send_queue ADD CONSTRAINT send_queue_state_check CHECK (state IN ('due', 'waiting', 'claimed', 'paused'));
CREATE INDEX send_queue_paused ON send_queue (configuration_set, id) WHERE state = 'paused';
