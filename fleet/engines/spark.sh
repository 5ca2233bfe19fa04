#!/bin/sh
# Asks the questions by Apache Spark standalone: a master and two workers as processes of this computer.
#
#   spark.sh --store FOLDER --now SECONDS [--out FOLDER] [--from DAY] [--to DAY] [--crop KEY] [QUESTION ...]
#   SPARK_MASTER=spark://HOST:7077 spark.sh ...     asks a cluster that runs already
#
# Needs Java 17 or later and `pip install pyspark==4.3.0`. The store lies in a folder that every worker sees under the
# same name. Untried: a bucket. Spark's own package has no classes for S3; a site that has hadoop-aws gives --store s3a://...
# a line of its own in spark.py (there, "file://" and has_files are for folders).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
SPARK_HOME=${SPARK_HOME:-$("$python" -c 'import os, pyspark; print(os.path.dirname(pyspark.__file__))')}
# Folders may have Chinese names.
export SPARK_HOME PYSPARK_PYTHON="$python" LC_ALL=C.UTF-8 SPARK_LOCAL_IP="${SPARK_LOCAL_IP:-127.0.0.1}"
if [ -n "${SPARK_MASTER:-}" ]; then
    exec "$python" "$here/spark.py" --master "$SPARK_MASTER" "$@"
fi
work=$(mktemp -d)
master=
workers=
end() {
    for process in $workers $master; do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap end EXIT INT TERM
port=${SPARK_PORT:-7177}
export SPARK_DAEMON_MEMORY=256m SPARK_WORKER_DIR="$work"
"$SPARK_HOME/bin/spark-class" org.apache.spark.deploy.master.Master --host 127.0.0.1 --port "$port" --webui-port $((port + 1)) \
    >"$work/master.log" 2>&1 &
master=$!
for number in 2 3; do
    "$SPARK_HOME/bin/spark-class" org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --cores 1 --memory 1g \
        --work-dir "$work/$number" --webui-port $((port + number)) "spark://127.0.0.1:$port" >"$work/worker$number.log" 2>&1 &
    workers="$workers $!"
done
# Until both are at work.
until [ "$("$python" - "$port" <<'PY'
import json, sys, urllib.request
try:
    page = json.load(urllib.request.urlopen(f"http://127.0.0.1:{int(sys.argv[1]) + 1}/json/", timeout=5))
    print(sum(worker["state"] == "ALIVE" for worker in page["workers"]))
except OSError:
    print(0)
PY
)" = 2 ]; do
    kill -0 "$master" 2>/dev/null || { cat "$work/master.log" >&2; exit 1; }
    sleep 1
done
"$python" "$here/spark.py" --master "spark://127.0.0.1:$port" "$@"
