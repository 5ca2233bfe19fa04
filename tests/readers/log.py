"""What python-can reads of a log, a line for each frame as `candump -L` has it, with python-can's channels."""
import sys

import can

options = {"relative_timestamp": False} if sys.argv[1].endswith(".asc") else {}
for m in can.LogReader(sys.argv[1], **options):
    micros = round(m.timestamp * 1e6)
    flags = (1 if m.bitrate_switch else 0) | (2 if m.error_state_indicator else 0)
    number = f"{m.arbitration_id:0{8 if m.is_extended_id else 3}X}"
    mark = f"##{flags}" if m.is_fd else "#"
    data = bytes(m.data).hex().upper()
    print(f"({micros // 10**6}.{micros % 10**6:06d}) {m.channel} {number}{mark}{data}")
