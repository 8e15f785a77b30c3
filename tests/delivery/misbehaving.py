"""A library as it may be, run apart: it hangs, raises, prints, or ends its process, as its order says."""

from __future__ import annotations

import json
import os
import sys
import time

ORDER = json.loads(sys.stdin.buffer.read())
print("a library prints what it likes")
print(f"and complains: {ORDER['secret']}", file=sys.stderr)
match ORDER["how"]:
    case "hang":
        time.sleep(60)
    case "raise":
        raise LookupError(f"no bucket for {ORDER['secret']}")
    case "end":
        os._exit(9)
    case "fail":
        print(json.dumps({"problem": f"refused\n{ORDER['secret']}" + "!" * 900}))
    case _:
        print(json.dumps({"problem": ""}))
