"""Asks the questions of fleet/queries by ClickHouse inside this process (chDB), over a folder or a bucket.

Needs `pip install chdb==4.4.0`. For s3://BUCKET/PREFIX the variables AWS_ENDPOINT, AWS_ACCESS_KEY_ID and
AWS_SECRET_ACCESS_KEY are those of grainloss-fleet. Prints hash, question and number of rows.
"""

import json
import os

from chdb import session
from common import PARTITIONS, answer_hash, arguments, has_files, limits, questions, tables

# NULL as in the standard: in casts, and where a LEFT JOIN finds nothing.
SETTINGS = "cast_keep_nullable = 1, join_use_nulls = 1, output_format_json_quote_64bit_integers = 0"


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def source(store, table, structure):
    """The function that reads a table's files."""
    files = "**/*.parquet" if table["partitioned"] else "*.parquet"
    if store.startswith("s3://"):
        bucket = store[len("s3://") :].rstrip("/")
        url = f"{os.environ['AWS_ENDPOINT'].rstrip('/')}/{bucket}/{table['name']}/{files}"
        keys = [os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]]
        return f"s3({', '.join(quoted(text) for text in [url, *keys, 'Parquet', structure])})"
    folder = os.path.join(os.path.abspath(store), table["name"])
    if not has_files(folder):
        return f"null({quoted(structure)})"
    return f"file({quoted(os.path.join(folder, files))}, 'Parquet', {quoted(structure)})"


args = arguments(__doc__)
clickhouse = session.Session()
clickhouse.query("CREATE DATABASE IF NOT EXISTS fleet")
clickhouse.query("USE fleet")
kinds = {"whole": "Nullable(Int64)", "text": "Nullable(String)"}
for table in tables():
    structure = ", ".join(f"{name} {kinds[kind]}" for name, kind in table["columns"])
    columns = [name for name, _ in table["columns"]]
    files = source(args.store, table, structure)
    conditions = []
    if table["partitioned"]:
        # From the names of the folders, as text: ClickHouse guesses dates and numbers otherwise.
        value = "toNullable(extract(_path, '{0}=([^/]+)/'))"
        if files.startswith("null("):
            # A table without files has no path.
            value = "CAST(NULL AS Nullable(String))"
        columns += [f"{value.format(name)} AS {name}" for name in PARTITIONS]
        conditions = limits(args)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    clickhouse.query(
        f"CREATE OR REPLACE VIEW fleet.{table['name']} AS SELECT {', '.join(columns)} FROM {files}{where}"
    )
days = [f"{quoted(text)} AS {name}" for name, text in [("from_day", args.from_day), ("to_day", args.to_day), ("crop", args.crop)]]
clickhouse.query(
    f"CREATE OR REPLACE VIEW fleet.asked AS SELECT {', '.join(days)}, toInt64({args.now}) AS now_s, toInt64({args.missing_days}) AS missing_days"
)
for name, sql in questions(args.questions):
    text = str(clickhouse.query(f"{sql}\nSETTINGS {SETTINGS}", "JSONCompactEachRow"))
    rows = [json.loads(line) for line in text.splitlines() if line]
    print(answer_hash(rows), "", name, "", len(rows), sep=" ", flush=True)
    if args.out:
        os.makedirs(args.out, exist_ok=True)
        file = os.path.join(os.path.abspath(args.out), f"{name}.parquet")
        clickhouse.query(f"INSERT INTO FUNCTION file({quoted(file)}, 'Parquet') {sql}\nSETTINGS {SETTINGS}, engine_file_truncate_on_insert = 1")
