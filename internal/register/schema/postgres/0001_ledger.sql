-- The ledger: every write is one row here, and no row ever changes or goes.
-- Everything below the ledger is derived from it and can be rebuilt from it.
CREATE TABLE ledger (
	seq bigint PRIMARY KEY CHECK (seq >= 1),
	recorded bigint NOT NULL, -- microseconds since 1970-01-01 UTC
	who text COLLATE "C" NOT NULL CHECK (who <> ''),
	kind text COLLATE "C" NOT NULL CHECK (kind IN ('import', 'plan', 'correct')),
	coding text COLLATE "C" NOT NULL CHECK (coding IN ('identity', 'gzip')),
	size bigint NOT NULL CHECK (size > 0), -- bytes of the body, decoded
	hash bytea NOT NULL CHECK (octet_length(hash) = 32), -- SHA-256 of the body, decoded
	leaf bytea NOT NULL CHECK (octet_length(leaf) = 32), -- RFC 6962 leaf hash of the entry
	body bytea NOT NULL
);

CREATE INDEX ledger_recorded ON ledger (recorded, seq);

-- The Merkle tree over the leaves, in the storage order of sumdb/tlog.
CREATE TABLE tree (
	place bigint PRIMARY KEY CHECK (place >= 0),
	hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);

-- The name of this ledger in its checkpoints, made when the database is made.
CREATE TABLE origin (
	one bigint PRIMARY KEY CHECK (one = 1),
	name text COLLATE "C" NOT NULL
);

CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the % is append-only', TG_TABLE_NAME; END $$;

CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER tree_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tree
FOR EACH STATEMENT EXECUTE FUNCTION append_only();

CREATE TRIGGER origin_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON origin
FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- The next row is the next number and no earlier instant.
CREATE FUNCTION ledger_in_order() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
	IF NEW.seq IS DISTINCT FROM (SELECT coalesce(max(seq), 0) + 1 FROM ledger) THEN
		RAISE EXCEPTION 'the ledger is append-only: not the next number';
	END IF;
	IF NEW.recorded < (SELECT recorded FROM ledger ORDER BY seq DESC LIMIT 1) THEN
		RAISE EXCEPTION 'the ledger is append-only: an earlier instant than the last';
	END IF;
	RETURN NEW;
END $$;

CREATE TRIGGER ledger_in_order BEFORE INSERT ON ledger
FOR EACH ROW EXECUTE FUNCTION ledger_in_order();

CREATE FUNCTION tree_in_order() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
	IF NEW.place IS DISTINCT FROM (SELECT coalesce(max(place), -1) + 1 FROM tree) THEN
		RAISE EXCEPTION 'the tree is append-only: not the next place';
	END IF;
	RETURN NEW;
END $$;

CREATE TRIGGER tree_in_order BEFORE INSERT ON tree
FOR EACH ROW EXECUTE FUNCTION tree_in_order();

-- Derived tables. Each row holds on the days valid_from up to, not including,
-- valid_to (days since 1970-01-01; -2147483647 is "always", 2147483647 "until
-- further notice", -2147483648 "no date"), as known from the entry known_from up
-- to, not including, the entry known_to. n counts the rows of a table in the order
-- of their arrival; pos orders them for people.

-- The hash of the whole board after an entry that changed it.
CREATE TABLE board_state (
	seq bigint PRIMARY KEY,
	state bytea NOT NULL CHECK (octet_length(state) = 32)
);

-- Territories (区划).
CREATE TABLE area (
	n bigint PRIMARY KEY,
	pos bigint NOT NULL,
	"code" text COLLATE "C" NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"name_en" text COLLATE "C" NOT NULL,
	"level" text COLLATE "C" NOT NULL,
	"parent" text COLLATE "C" NOT NULL,
	extra text COLLATE "C" NOT NULL, -- passed-through cells, a JSON object or empty
	valid_from integer NOT NULL,
	valid_to integer NOT NULL,
	known_from bigint NOT NULL,
	known_to bigint NOT NULL CHECK (known_from < known_to)
);

CREATE INDEX area_code ON area ("code");

-- Bodies (机构), as the board has them.
CREATE TABLE body (
	n bigint PRIMARY KEY,
	pos bigint NOT NULL,
	"id" text COLLATE "C" NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"name_en" text COLLATE "C" NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"level" text COLLATE "C" NOT NULL,
	"area" text COLLATE "C" NOT NULL,
	"superior" text COLLATE "C" NOT NULL,
	"rank" text COLLATE "C" NOT NULL,
	extra text COLLATE "C" NOT NULL, -- passed-through cells, a JSON object or empty
	valid_from integer NOT NULL,
	valid_to integer NOT NULL,
	known_from bigint NOT NULL,
	known_to bigint NOT NULL CHECK (known_from < known_to)
);

CREATE INDEX body_id ON body ("id");

-- Duties (职责).
CREATE TABLE duty (
	n bigint PRIMARY KEY,
	pos bigint NOT NULL,
	"id" text COLLATE "C" NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"name_en" text COLLATE "C" NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"matter" text COLLATE "C" NOT NULL,
	"area" text COLLATE "C" NOT NULL,
	"subject" text COLLATE "C" NOT NULL,
	"level" text COLLATE "C" NOT NULL,
	"basis" text COLLATE "C" NOT NULL,
	"part_of" text COLLATE "C" NOT NULL,
	"protected" integer NOT NULL CHECK ("protected" IN (0, 1)),
	"exclusive" integer NOT NULL CHECK ("exclusive" IN (0, 1)),
	extra text COLLATE "C" NOT NULL, -- passed-through cells, a JSON object or empty
	valid_from integer NOT NULL,
	valid_to integer NOT NULL,
	known_from bigint NOT NULL,
	known_to bigint NOT NULL CHECK (known_from < known_to)
);

CREATE INDEX duty_id ON duty ("id");

-- Who has which keys of a duty, as the board has it.
CREATE TABLE responsibility (
	n bigint PRIMARY KEY,
	pos bigint NOT NULL,
	"duty" text COLLATE "C" NOT NULL,
	"body" text COLLATE "C" NOT NULL,
	"key" text COLLATE "C" NOT NULL,
	"mode" text COLLATE "C" NOT NULL CHECK ("mode" IN ('sole', 'lead', 'assist', 'joint')),
	"area" text COLLATE "C" NOT NULL,
	"by" text COLLATE "C" NOT NULL,
	extra text COLLATE "C" NOT NULL, -- passed-through cells, a JSON object or empty
	valid_from integer NOT NULL,
	valid_to integer NOT NULL,
	known_from bigint NOT NULL,
	known_to bigint NOT NULL CHECK (known_from < known_to)
);

CREATE INDEX responsibility_duty ON responsibility ("duty");

-- Quotas and leader quotas (编制、领导职数).
CREATE TABLE quota (
	n bigint PRIMARY KEY,
	pos bigint NOT NULL,
	"body" text COLLATE "C" NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"posts" bigint NOT NULL,
	"leaders" bigint NOT NULL,
	"deputies" bigint NOT NULL,
	"by" text COLLATE "C" NOT NULL,
	extra text COLLATE "C" NOT NULL, -- passed-through cells, a JSON object or empty
	valid_from integer NOT NULL,
	valid_to integer NOT NULL,
	known_from bigint NOT NULL,
	known_to bigint NOT NULL CHECK (known_from < known_to)
);

CREATE INDEX quota_body ON quota ("body");

-- Posts.
CREATE TABLE post (
	n bigint PRIMARY KEY,
	pos bigint NOT NULL,
	"id" text COLLATE "C" NOT NULL,
	"body" text COLLATE "C" NOT NULL,
	"title" text COLLATE "C" NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"role" text COLLATE "C" NOT NULL CHECK ("role" IN ('', 'deputy', 'head')),
	extra text COLLATE "C" NOT NULL, -- passed-through cells, a JSON object or empty
	valid_from integer NOT NULL,
	valid_to integer NOT NULL,
	known_from bigint NOT NULL,
	known_to bigint NOT NULL CHECK (known_from < known_to)
);

CREATE INDEX post_id ON post ("id");

-- Who is in which post.
CREATE TABLE appointment (
	n bigint PRIMARY KEY,
	pos bigint NOT NULL,
	"post" text COLLATE "C" NOT NULL,
	"person" text COLLATE "C" NOT NULL,
	extra text COLLATE "C" NOT NULL, -- passed-through cells, a JSON object or empty
	valid_from integer NOT NULL,
	valid_to integer NOT NULL,
	known_from bigint NOT NULL,
	known_to bigint NOT NULL CHECK (known_from < known_to)
);

CREATE INDEX appointment_post ON appointment ("post");

-- What a handover moves besides duties.
CREATE TABLE item (
	n bigint PRIMARY KEY,
	pos bigint NOT NULL,
	"id" text COLLATE "C" NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"body" text COLLATE "C" NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"quantity" text COLLATE "C" NOT NULL,
	"value" text COLLATE "C" NOT NULL,
	"duty" text COLLATE "C" NOT NULL,
	"until" integer NOT NULL,
	extra text COLLATE "C" NOT NULL, -- passed-through cells, a JSON object or empty
	valid_from integer NOT NULL,
	valid_to integer NOT NULL,
	known_from bigint NOT NULL,
	known_to bigint NOT NULL CHECK (known_from < known_to)
);

CREATE INDEX item_id ON item ("id");

-- Further names of bodies (加挂牌子).
CREATE TABLE plate (
	n bigint PRIMARY KEY,
	pos bigint NOT NULL,
	"body" text COLLATE "C" NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	extra text COLLATE "C" NOT NULL, -- passed-through cells, a JSON object or empty
	valid_from integer NOT NULL,
	valid_to integer NOT NULL,
	known_from bigint NOT NULL,
	known_to bigint NOT NULL CHECK (known_from < known_to)
);

CREATE INDEX plate_body ON plate ("body");

-- The papers (文件) of the plan.
CREATE TABLE instrument (
	n bigint PRIMARY KEY,
	pos bigint NOT NULL,
	"plan" text COLLATE "C" NOT NULL,
	"id" text COLLATE "C" NOT NULL,
	"title" text COLLATE "C" NOT NULL,
	"title_en" text COLLATE "C" NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"issuer" text COLLATE "C" NOT NULL,
	"number" text COLLATE "C" NOT NULL,
	"made" integer NOT NULL,
	"effective" integer NOT NULL,
	valid_from integer NOT NULL,
	valid_to integer NOT NULL,
	known_from bigint NOT NULL,
	known_to bigint NOT NULL CHECK (known_from < known_to)
);

-- The changes of the plan; starts and ends are byte offsets in its text.
CREATE TABLE change_ (
	n bigint PRIMARY KEY,
	pos bigint NOT NULL,
	"plan" text COLLATE "C" NOT NULL,
	"id" text COLLATE "C" NOT NULL,
	"position" bigint NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"on_day" integer NOT NULL,
	"cites" text COLLATE "C" NOT NULL,
	"starts" bigint NOT NULL,
	"ends" bigint NOT NULL,
	"says" text COLLATE "C" NOT NULL,
	valid_from integer NOT NULL,
	valid_to integer NOT NULL,
	known_from bigint NOT NULL,
	known_to bigint NOT NULL CHECK (known_from < known_to)
);

-- Who has one key of a duty, when: the board and the plan taken together.
CREATE TABLE holding (
	n bigint PRIMARY KEY,
	pos bigint NOT NULL,
	"duty" text COLLATE "C" NOT NULL,
	"key" text COLLATE "C" NOT NULL CHECK ("key" IN ('holder', 'performer', 'name', 'means')),
	"body" text COLLATE "C" NOT NULL,
	"mode" text COLLATE "C" NOT NULL CHECK ("mode" IN ('sole', 'lead', 'assist', 'joint')),
	"area" text COLLATE "C" NOT NULL,
	"except_in" text COLLATE "C" NOT NULL, -- areas inside it that are not meant, a JSON array or empty
	"by" text COLLATE "C" NOT NULL,
	"began" text COLLATE "C" NOT NULL,
	"ended" text COLLATE "C" NOT NULL,
	"transitional" integer NOT NULL CHECK ("transitional" IN (0, 1)),
	valid_from integer NOT NULL,
	valid_to integer NOT NULL,
	known_from bigint NOT NULL,
	known_to bigint NOT NULL CHECK (known_from < known_to)
);

CREATE INDEX holding_duty ON holding ("duty");
