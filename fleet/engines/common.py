"""What the scripts for other engines share: the store's tables, the question files, the hash of an answer."""

import argparse
import glob
import hashlib
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))
PARTITIONS = ["season", "region", "day", "crop"]


def tables():
    """The tables of fleet/src/schema.rs: name, partitioned, columns as [name, "whole" or "text"]."""
    with open(os.path.join(HERE, "tables.json"), encoding="utf-8") as file:
        return json.load(file)


def questions(names):
    """Name and SQL of these questions; of all of them without names."""
    files = sorted(glob.glob(os.path.join(HERE, "..", "queries", "*.sql")))
    for path in files:
        name = os.path.basename(path)[: -len(".sql")]
        if not names or name in names:
            with open(path, encoding="utf-8") as file:
                yield name, file.read()


def written(value):
    """A value in the written form that is hashed."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r}: answers hold whole numbers and text only")
    return str(value)


def answer_hash(rows):
    """SHA-256 of the rows, as `grainloss-fleet ask --hash` has it."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(("\t".join(written(value) for value in row) + "\n").encode("utf-8"))
    return digest.hexdigest()


def arguments(about, **more):
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--store", required=True, help="folder of the store; s3://BUCKET/PREFIX for chDB")
    parser.add_argument("--from", dest="from_day", default="", help="first day")
    parser.add_argument("--to", dest="to_day", default="", help="last day")
    parser.add_argument("--crop", default="", help="key of a crop")
    parser.add_argument("--now", type=int, required=True, help="what is now, s since 1970 UTC")
    parser.add_argument("--missing-days", type=int, default=3)
    parser.add_argument("--out", help="folder for the answers as Parquet")
    parser.add_argument("questions", nargs="*", help="questions; all without")
    for name, value in more.items():
        parser.add_argument("--" + name.replace("_", "-"), **value)
    return parser.parse_args()


def limits(args):
    """Conditions on the columns day and crop, as pairs of SQL and value."""
    found = [("day >= '{}'", args.from_day), ("day <= '{}'", args.to_day), ("crop = '{}'", args.crop)]
    return [sql.format(value.replace("'", "''")) for sql, value in found if value]


def has_files(folder):
    return any(name.endswith(".parquet") for _, _, names in os.walk(folder) for name in names)
