-- Whether the value is sealed under the master key. A start seals the others: src/access/sealing/open-sealer.ts.
ALTER TABLE secrets ADD COLUMN sealed boolean NOT NULL DEFAULT false;
