"""Runs one driver again and again, each time in a process of its own that has imported everything already.

`warm.py DRIVER` reads orders from standard input, one per line: `{"arguments": …, "environment": …, "directory": …,
"output": PATH, "errors": PATH}`. It answers each with the exit status of the driver, on a line. To import an SDK takes
a second or two of processor time, to fork takes none.
"""

import importlib
import json
import os
import sys


def run(driver, order):
    """In the new process, which has nothing of what its parent reads and writes."""
    for path, descriptor in ((order["output"], 1), (order["errors"], 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["directory"])
    sys.argv[1:] = order["arguments"]
    driver.main()


def main():
    driver = importlib.import_module(sys.argv[1])
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                run(driver, json.loads(line))
                status = 0
            except BaseException:
                sys.excepthook(*sys.exc_info())
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


main()
