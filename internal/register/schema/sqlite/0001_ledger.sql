-- The ledger: every write is one row here, and no row ever changes or goes.
-- Everything below the ledger is derived from it and can be rebuilt from it.
CREATE TABLE ledger (
	seq INTEGER PRIMARY KEY CHECK (seq >= 1),
	recorded INTEGER NOT NULL, -- microseconds since 1970-01-01 UTC
	who TEXT NOT NULL CHECK (who <> ''),
	kind TEXT NOT NULL CHECK (kind IN ('import', 'plan', 'correct')),
	coding TEXT NOT NULL CHECK (coding IN ('identity', 'gzip')),
	size INTEGER NOT NULL CHECK (size > 0), -- bytes of the body, decoded
	hash BLOB NOT NULL CHECK (length(hash) = 32), -- SHA-256 of the body, decoded
	leaf BLOB NOT NULL CHECK (length(leaf) = 32), -- RFC 6962 leaf hash of the entry
	body BLOB NOT NULL
) STRICT;

CREATE INDEX ledger_recorded ON ledger (recorded, seq);

-- The Merkle tree over the leaves, in the storage order of sumdb/tlog.
CREATE TABLE tree (
	place INTEGER PRIMARY KEY CHECK (place >= 0),
	hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- The name of this ledger in its checkpoints, made when the database is made.
CREATE TABLE origin (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	name TEXT NOT NULL
) STRICT;

CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER tree_no_update BEFORE UPDATE ON tree
BEGIN SELECT RAISE(ABORT, 'the tree is append-only'); END;

CREATE TRIGGER tree_no_delete BEFORE DELETE ON tree
BEGIN SELECT RAISE(ABORT, 'the tree is append-only'); END;

CREATE TRIGGER origin_no_update BEFORE UPDATE ON origin
BEGIN SELECT RAISE(ABORT, 'the origin is append-only'); END;

CREATE TRIGGER origin_no_delete BEFORE DELETE ON origin
BEGIN SELECT RAISE(ABORT, 'the origin is append-only'); END;

-- The next row is the next number and no earlier instant. It also stops INSERT OR
-- REPLACE, which deletes the old row without asking the triggers above.
CREATE TRIGGER ledger_in_order BEFORE INSERT ON ledger
BEGIN
	SELECT RAISE(ABORT, 'the ledger is append-only: not the next number')
	WHERE NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM ledger);
	SELECT RAISE(ABORT, 'the ledger is append-only: an earlier instant than the last')
	WHERE NEW.recorded < (SELECT recorded FROM ledger ORDER BY seq DESC LIMIT 1);
END;

CREATE TRIGGER tree_in_order BEFORE INSERT ON tree
BEGIN
	SELECT RAISE(ABORT, 'the tree is append-only: not the next place')
	WHERE NEW.place IS NOT (SELECT coalesce(max(place), -1) + 1 FROM tree);
END;

CREATE TRIGGER origin_once BEFORE INSERT ON origin
BEGIN
	SELECT RAISE(ABORT, 'the origin is append-only') WHERE EXISTS (SELECT 1 FROM origin);
END;

-- Derived tables. Each row holds on the days valid_from up to, not including,
-- valid_to (days since 1970-01-01; -2147483647 is "always", 2147483647 "until
-- further notice", -2147483648 "no date"), as known from the entry known_from up
-- to, not including, the entry known_to. n counts the rows of a table in the order
-- of their arrival; pos orders them for people.

-- The hash of the whole board after an entry that changed it.
CREATE TABLE board_state (
	seq INTEGER PRIMARY KEY,
	state BLOB NOT NULL CHECK (length(state) = 32)
) STRICT;

-- Territories (区划).
CREATE TABLE area (
	n INTEGER PRIMARY KEY,
	pos INTEGER NOT NULL,
	"code" TEXT NOT NULL,
	"name" TEXT NOT NULL,
	"name_en" TEXT NOT NULL,
	"level" TEXT NOT NULL,
	"parent" TEXT NOT NULL,
	extra TEXT NOT NULL, -- passed-through cells, a JSON object or empty
	valid_from INTEGER NOT NULL,
	valid_to INTEGER NOT NULL,
	known_from INTEGER NOT NULL,
	known_to INTEGER NOT NULL CHECK (known_from < known_to)
) STRICT;

CREATE INDEX area_code ON area ("code");

-- Bodies (机构), as the board has them.
CREATE TABLE body (
	n INTEGER PRIMARY KEY,
	pos INTEGER NOT NULL,
	"id" TEXT NOT NULL,
	"name" TEXT NOT NULL,
	"name_en" TEXT NOT NULL,
	"kind" TEXT NOT NULL,
	"level" TEXT NOT NULL,
	"area" TEXT NOT NULL,
	"superior" TEXT NOT NULL,
	"rank" TEXT NOT NULL,
	extra TEXT NOT NULL, -- passed-through cells, a JSON object or empty
	valid_from INTEGER NOT NULL,
	valid_to INTEGER NOT NULL,
	known_from INTEGER NOT NULL,
	known_to INTEGER NOT NULL CHECK (known_from < known_to)
) STRICT;

CREATE INDEX body_id ON body ("id");

-- Duties (职责).
CREATE TABLE duty (
	n INTEGER PRIMARY KEY,
	pos INTEGER NOT NULL,
	"id" TEXT NOT NULL,
	"name" TEXT NOT NULL,
	"name_en" TEXT NOT NULL,
	"kind" TEXT NOT NULL,
	"matter" TEXT NOT NULL,
	"area" TEXT NOT NULL,
	"subject" TEXT NOT NULL,
	"level" TEXT NOT NULL,
	"basis" TEXT NOT NULL,
	"part_of" TEXT NOT NULL,
	"protected" INTEGER NOT NULL CHECK ("protected" IN (0, 1)),
	"exclusive" INTEGER NOT NULL CHECK ("exclusive" IN (0, 1)),
	extra TEXT NOT NULL, -- passed-through cells, a JSON object or empty
	valid_from INTEGER NOT NULL,
	valid_to INTEGER NOT NULL,
	known_from INTEGER NOT NULL,
	known_to INTEGER NOT NULL CHECK (known_from < known_to)
) STRICT;

CREATE INDEX duty_id ON duty ("id");

-- Who has which keys of a duty, as the board has it.
CREATE TABLE responsibility (
	n INTEGER PRIMARY KEY,
	pos INTEGER NOT NULL,
	"duty" TEXT NOT NULL,
	"body" TEXT NOT NULL,
	"key" TEXT NOT NULL,
	"mode" TEXT NOT NULL CHECK ("mode" IN ('sole', 'lead', 'assist', 'joint')),
	"area" TEXT NOT NULL,
	"by" TEXT NOT NULL,
	extra TEXT NOT NULL, -- passed-through cells, a JSON object or empty
	valid_from INTEGER NOT NULL,
	valid_to INTEGER NOT NULL,
	known_from INTEGER NOT NULL,
	known_to INTEGER NOT NULL CHECK (known_from < known_to)
) STRICT;

CREATE INDEX responsibility_duty ON responsibility ("duty");

-- Quotas and leader quotas (编制、领导职数).
CREATE TABLE quota (
	n INTEGER PRIMARY KEY,
	pos INTEGER NOT NULL,
	"body" TEXT NOT NULL,
	"kind" TEXT NOT NULL,
	"posts" INTEGER NOT NULL,
	"leaders" INTEGER NOT NULL,
	"deputies" INTEGER NOT NULL,
	"by" TEXT NOT NULL,
	extra TEXT NOT NULL, -- passed-through cells, a JSON object or empty
	valid_from INTEGER NOT NULL,
	valid_to INTEGER NOT NULL,
	known_from INTEGER NOT NULL,
	known_to INTEGER NOT NULL CHECK (known_from < known_to)
) STRICT;

CREATE INDEX quota_body ON quota ("body");

-- Posts.
CREATE TABLE post (
	n INTEGER PRIMARY KEY,
	pos INTEGER NOT NULL,
	"id" TEXT NOT NULL,
	"body" TEXT NOT NULL,
	"title" TEXT NOT NULL,
	"kind" TEXT NOT NULL,
	"role" TEXT NOT NULL CHECK ("role" IN ('', 'deputy', 'head')),
	extra TEXT NOT NULL, -- passed-through cells, a JSON object or empty
	valid_from INTEGER NOT NULL,
	valid_to INTEGER NOT NULL,
	known_from INTEGER NOT NULL,
	known_to INTEGER NOT NULL CHECK (known_from < known_to)
) STRICT;

CREATE INDEX post_id ON post ("id");

-- Who is in which post.
CREATE TABLE appointment (
	n INTEGER PRIMARY KEY,
	pos INTEGER NOT NULL,
	"post" TEXT NOT NULL,
	"person" TEXT NOT NULL,
	extra TEXT NOT NULL, -- passed-through cells, a JSON object or empty
	valid_from INTEGER NOT NULL,
	valid_to INTEGER NOT NULL,
	known_from INTEGER NOT NULL,
	known_to INTEGER NOT NULL CHECK (known_from < known_to)
) STRICT;

CREATE INDEX appointment_post ON appointment ("post");

-- What a handover moves besides duties.
CREATE TABLE item (
	n INTEGER PRIMARY KEY,
	pos INTEGER NOT NULL,
	"id" TEXT NOT NULL,
	"kind" TEXT NOT NULL,
	"body" TEXT NOT NULL,
	"name" TEXT NOT NULL,
	"quantity" TEXT NOT NULL,
	"value" TEXT NOT NULL,
	"duty" TEXT NOT NULL,
	"until" INTEGER NOT NULL,
	extra TEXT NOT NULL, -- passed-through cells, a JSON object or empty
	valid_from INTEGER NOT NULL,
	valid_to INTEGER NOT NULL,
	known_from INTEGER NOT NULL,
	known_to INTEGER NOT NULL CHECK (known_from < known_to)
) STRICT;

CREATE INDEX item_id ON item ("id");

-- Further names of bodies (加挂牌子).
CREATE TABLE plate (
	n INTEGER PRIMARY KEY,
	pos INTEGER NOT NULL,
	"body" TEXT NOT NULL,
	"name" TEXT NOT NULL,
	extra TEXT NOT NULL, -- passed-through cells, a JSON object or empty
	valid_from INTEGER NOT NULL,
	valid_to INTEGER NOT NULL,
	known_from INTEGER NOT NULL,
	known_to INTEGER NOT NULL CHECK (known_from < known_to)
) STRICT;

CREATE INDEX plate_body ON plate ("body");

-- The papers (文件) of the plan.
CREATE TABLE instrument (
	n INTEGER PRIMARY KEY,
	pos INTEGER NOT NULL,
	"plan" TEXT NOT NULL,
	"id" TEXT NOT NULL,
	"title" TEXT NOT NULL,
	"title_en" TEXT NOT NULL,
	"kind" TEXT NOT NULL,
	"issuer" TEXT NOT NULL,
	"number" TEXT NOT NULL,
	"made" INTEGER NOT NULL,
	"effective" INTEGER NOT NULL,
	valid_from INTEGER NOT NULL,
	valid_to INTEGER NOT NULL,
	known_from INTEGER NOT NULL,
	known_to INTEGER NOT NULL CHECK (known_from < known_to)
) STRICT;

-- The changes of the plan; starts and ends are byte offsets in its text.
CREATE TABLE change_ (
	n INTEGER PRIMARY KEY,
	pos INTEGER NOT NULL,
	"plan" TEXT NOT NULL,
	"id" TEXT NOT NULL,
	"position" INTEGER NOT NULL,
	"kind" TEXT NOT NULL,
	"on_day" INTEGER NOT NULL,
	"cites" TEXT NOT NULL,
	"starts" INTEGER NOT NULL,
	"ends" INTEGER NOT NULL,
	"says" TEXT NOT NULL,
	valid_from INTEGER NOT NULL,
	valid_to INTEGER NOT NULL,
	known_from INTEGER NOT NULL,
	known_to INTEGER NOT NULL CHECK (known_from < known_to)
) STRICT;

-- Who has one key of a duty, when: the board and the plan taken together.
CREATE TABLE holding (
	n INTEGER PRIMARY KEY,
	pos INTEGER NOT NULL,
	"duty" TEXT NOT NULL,
	"key" TEXT NOT NULL CHECK ("key" IN ('holder', 'performer', 'name', 'means')),
	"body" TEXT NOT NULL,
	"mode" TEXT NOT NULL CHECK ("mode" IN ('sole', 'lead', 'assist', 'joint')),
	"area" TEXT NOT NULL,
	"except_in" TEXT NOT NULL, -- areas inside it that are not meant, a JSON array or empty
	"by" TEXT NOT NULL,
	"began" TEXT NOT NULL,
	"ended" TEXT NOT NULL,
	"transitional" INTEGER NOT NULL CHECK ("transitional" IN (0, 1)),
	valid_from INTEGER NOT NULL,
	valid_to INTEGER NOT NULL,
	known_from INTEGER NOT NULL,
	known_to INTEGER NOT NULL CHECK (known_from < known_to)
) STRICT;

CREATE INDEX holding_duty ON holding ("duty");
