CREATE TABLE account (id text PRIMARY KEY, balance integer NOT NULL);
