"""The tables of a session file. ``docs/session_format.md`` explains each column."""

#: Marks the SQLite file as ours: "EMGF" in ASCII, in the header at byte 68.
APPLICATION_ID = 0x454D4746
#: Version of the format, kept in ``user_version``; a newer one is refused, never half read. From 2 on
#: ``expect`` events change verdicts; files of version 1 have none, and are read as they were.
SCHEMA_VERSION = 2
#: Suffix of a session file.
SUFFIX = ".emgsession"

TABLES = (
    """
    CREATE TABLE session (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        uuid TEXT NOT NULL,
        started TEXT NOT NULL,
        started_host_s REAL NOT NULL,
        wearer TEXT NOT NULL,
        exercise TEXT NOT NULL,
        isolated INTEGER,
        power TEXT NOT NULL,
        name TEXT NOT NULL,
        source_id TEXT NOT NULL,
        sfreq_hz REAL NOT NULL,
        firmware TEXT NOT NULL,
        protocol INTEGER NOT NULL,
        simulated INTEGER NOT NULL,
        bits INTEGER NOT NULL,
        oversample INTEGER NOT NULL,
        reference_mv REAL NOT NULL,
        settings TEXT NOT NULL,
        zones TEXT NOT NULL,
        calibration INTEGER,
        versions TEXT NOT NULL,
        stopped TEXT,
        seal TEXT
    ) STRICT
    """,
    """
    CREATE TABLE channel (
        position INTEGER PRIMARY KEY,
        pin TEXT NOT NULL,
        muscle TEXT,
        side TEXT,
        signal TEXT NOT NULL,
        digital_min INTEGER NOT NULL,
        digital_max INTEGER NOT NULL,
        physical_min REAL NOT NULL,
        physical_max REAL NOT NULL,
        gain REAL NOT NULL,
        skew_s REAL NOT NULL,
        unit TEXT NOT NULL,
        prefiltering TEXT NOT NULL
    ) STRICT
    """,
    "CREATE TABLE calibration (id INTEGER PRIMARY KEY, sample INTEGER NOT NULL, record TEXT NOT NULL) STRICT",
    """
    CREATE TABLE chunk (
        start INTEGER PRIMARY KEY,
        n_samples INTEGER NOT NULL,
        host_time_s REAL NOT NULL,
        counts BLOB NOT NULL,
        crc32 INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE TABLE gap (start INTEGER PRIMARY KEY, n_samples INTEGER NOT NULL, cause TEXT NOT NULL) STRICT",
    "CREATE TABLE marker (id INTEGER PRIMARY KEY, sample INTEGER NOT NULL, text TEXT NOT NULL) STRICT",
    """
    CREATE TABLE event (
        id INTEGER PRIMARY KEY, sample INTEGER NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE rep (
        id INTEGER PRIMARY KEY,
        number INTEGER NOT NULL,
        side TEXT NOT NULL,
        start INTEGER NOT NULL,
        hold_start INTEGER NOT NULL,
        hold_stop INTEGER NOT NULL,
        stop INTEGER NOT NULL,
        told INTEGER NOT NULL,
        mean_percent TEXT NOT NULL,
        peak_percent TEXT NOT NULL,
        share REAL,
        left_out TEXT NOT NULL
    ) STRICT
    """,
    "CREATE TABLE summary (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
)
