"""Asks the questions of fleet/queries by Apache Spark, over a store in a folder that every worker sees.

Started by spark.sh. Prints hash, question and number of rows, as `grainloss-fleet ask all --hash` does.
"""

import os
import sys

from common import PARTITIONS, answer_hash, arguments, has_files, limits, questions, tables
from pyspark.sql import SparkSession

args = arguments(__doc__, master={"default": "local[*]"}, memory={"default": "768m"})
spark = (
    SparkSession.builder.master(args.master)
    .appName("grainloss-fleet")
    .config("spark.executor.memory", args.memory)
    .config("spark.sql.catalogImplementation", "in-memory")
    .config("spark.ui.showConsoleProgress", "false")
    .config("spark.sql.sources.partitionColumnTypeInference.enabled", "false")
    .config("spark.sql.shuffle.partitions", os.environ.get("GRAINLOSS_SPARK_PARTITIONS", "8"))
    .getOrCreate()
)
print("application", spark.sparkContext.applicationId, spark.sparkContext.uiWebUrl, file=sys.stderr, flush=True)
kinds = {"whole": "BIGINT", "text": "STRING"}
for table in tables():
    columns = [f"`{name}` {kinds[kind]}" for name, kind in table["columns"]]
    if table["partitioned"]:
        columns += [f"`{name}` STRING" for name in PARTITIONS]
    folder = os.path.join(os.path.abspath(args.store), table["name"])
    if has_files(folder):
        frame = spark.read.schema(", ".join(columns)).parquet("file://" + folder)
    else:
        frame = spark.createDataFrame([], ", ".join(columns))
    if table["partitioned"]:
        for condition in limits(args):
            frame = frame.where(condition)
    frame.createOrReplaceTempView(table["name"])
row = (args.from_day, args.to_day, args.crop, args.now, args.missing_days)
spark.createDataFrame(
    [row], "from_day STRING, to_day STRING, crop STRING, now_s BIGINT, missing_days BIGINT"
).createOrReplaceTempView("asked")
for name, sql in questions(args.questions):
    frame = spark.sql(sql)
    rows = frame.collect()
    print(answer_hash(rows), "", name, "", len(rows), sep=" ", flush=True)
    if args.out:
        folder = "file://" + os.path.join(os.path.abspath(args.out), name)
        spark.createDataFrame(rows, frame.schema).coalesce(1).write.mode("overwrite").parquet(folder)
spark.stop()
