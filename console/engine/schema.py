"""The journal's tables, and how an older journal becomes a current one.

execution ─┬─ attempt              the first run, each resume, each retry
           ├─ job_execution        one job at one place; the place is its path of turns
           │   └─ function_execution   each run of its body: status, result, error
           ├─ step                 journaled `workflow.trigger()` and `resolve()`
           └─ wait_point           where it waits or waited, and the answer

Times are whole milliseconds: UTC in `…_at` and `…_after`, the machine's monotonic clock in
`lease_until`. `change` is one sequence over the whole journal. `tally` counts executions by
workflow and state, `tally_hour` by the hour they were made too; triggers keep both, so that they
are right in every transaction.
"""

from __future__ import annotations

APPLICATION_ID = 0x57464331
"""`WFC1`: tells a journal of ours from any other SQLite file."""

SCHEMA_VERSION = 1
"""What this program reads and writes, kept in SQLite's `user_version`."""

FIRST = """
CREATE TABLE identity (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  workspace_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  change INTEGER NOT NULL DEFAULT 0,
  forgotten INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE workflow (
  name TEXT PRIMARY KEY,
  id TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);

CREATE TABLE job (
  name TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  version INTEGER NOT NULL
);

CREATE TABLE execution (
  id TEXT PRIMARY KEY,
  workflow TEXT NOT NULL,
  status TEXT NOT NULL,
  argument TEXT NOT NULL,
  invoker TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  queued_at INTEGER NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 1,
  retry_count INTEGER NOT NULL DEFAULT 0,
  retry_after INTEGER,
  losses INTEGER NOT NULL DEFAULT 0,
  epoch INTEGER NOT NULL DEFAULT 0,
  lease_until INTEGER,
  worker TEXT NOT NULL DEFAULT '',
  cancel_actor TEXT,
  cancel_reason TEXT,
  change INTEGER NOT NULL
);
CREATE INDEX execution_by_time ON execution (created_at, id, status);
CREATE INDEX execution_by_status ON execution (status, created_at, id);
CREATE INDEX execution_by_workflow ON execution (workflow, created_at, id);
CREATE INDEX execution_by_both ON execution (workflow, status, created_at, id);
CREATE INDEX execution_queue ON execution (workflow, queued_at, id)
  WHERE status IN ('PENDING', 'PENDING_RESUME', 'PENDING_RETRY');
CREATE INDEX execution_leases ON execution (lease_until) WHERE status = 'RUNNING';
CREATE INDEX execution_finished ON execution (finished_at) WHERE finished_at IS NOT NULL;
CREATE UNIQUE INDEX execution_changes ON execution (change);

CREATE TABLE tally (
  workflow TEXT NOT NULL,
  status TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (workflow, status)
) WITHOUT ROWID;
CREATE TABLE tally_hour (
  hour INTEGER NOT NULL,
  workflow TEXT NOT NULL,
  status TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (hour, workflow, status)
) WITHOUT ROWID;
CREATE TRIGGER tally_insert AFTER INSERT ON execution BEGIN
  INSERT INTO tally VALUES (new.workflow, new.status, 1)
    ON CONFLICT (workflow, status) DO UPDATE SET count = count + 1;
  INSERT INTO tally_hour VALUES (new.created_at / 3600000, new.workflow, new.status, 1)
    ON CONFLICT (hour, workflow, status) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER tally_update AFTER UPDATE OF status ON execution
WHEN new.status <> old.status BEGIN
  UPDATE tally SET count = count - 1 WHERE workflow = old.workflow AND status = old.status;
  UPDATE tally_hour SET count = count - 1
    WHERE hour = old.created_at / 3600000 AND workflow = old.workflow AND status = old.status;
  INSERT INTO tally VALUES (new.workflow, new.status, 1)
    ON CONFLICT (workflow, status) DO UPDATE SET count = count + 1;
  INSERT INTO tally_hour VALUES (new.created_at / 3600000, new.workflow, new.status, 1)
    ON CONFLICT (hour, workflow, status) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER tally_delete AFTER DELETE ON execution BEGIN
  UPDATE tally SET count = count - 1 WHERE workflow = old.workflow AND status = old.status;
  UPDATE tally_hour SET count = count - 1
    WHERE hour = old.created_at / 3600000 AND workflow = old.workflow AND status = old.status;
  DELETE FROM tally_hour WHERE hour = old.created_at / 3600000 AND count = 0;
END;

CREATE TABLE attempt (
  execution_id TEXT NOT NULL REFERENCES execution (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  status TEXT NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  error_type TEXT,
  error_message TEXT,
  error_traceback TEXT,
  error_kind TEXT,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (execution_id, number)
) WITHOUT ROWID;

CREATE TABLE job_execution (
  id TEXT PRIMARY KEY,
  execution_id TEXT NOT NULL REFERENCES execution (id) ON DELETE CASCADE,
  place TEXT NOT NULL,
  turn INTEGER NOT NULL,
  name TEXT NOT NULL,
  stacked_name TEXT NOT NULL,
  input TEXT NOT NULL,
  input_hash TEXT NOT NULL,
  status TEXT NOT NULL,
  function_execution_id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  UNIQUE (execution_id, place)
);

CREATE TABLE function_execution (
  id TEXT PRIMARY KEY,
  execution_id TEXT NOT NULL REFERENCES execution (id) ON DELETE CASCADE,
  job_execution_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  status TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  result TEXT,
  error_type TEXT,
  error_message TEXT,
  error_traceback TEXT,
  error_kind TEXT,
  cause_place TEXT
);
CREATE INDEX function_execution_by_execution ON function_execution (execution_id);

CREATE TABLE step (
  execution_id TEXT NOT NULL REFERENCES execution (id) ON DELETE CASCADE,
  place TEXT NOT NULL,
  kind TEXT NOT NULL,
  turn INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  request TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  result TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (execution_id, place, kind, turn)
) WITHOUT ROWID;

CREATE TABLE wait_point (
  execution_id TEXT NOT NULL REFERENCES execution (id) ON DELETE CASCADE,
  place TEXT NOT NULL,
  turn INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  key TEXT NOT NULL,
  stacked_name TEXT NOT NULL,
  payload TEXT NOT NULL,
  payload_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  resolved_at INTEGER,
  result TEXT,
  actor TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (execution_id, place, turn)
) WITHOUT ROWID;

CREATE TABLE gone (
  change INTEGER PRIMARY KEY,
  execution_id TEXT NOT NULL,
  has_logs INTEGER NOT NULL DEFAULT 1,
  pruned_at INTEGER NOT NULL
);
"""

STEPS: tuple[str, ...] = (FIRST,)
"""Script n brings a journal of version n to version n + 1; never changed once released."""
