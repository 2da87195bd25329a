"""What a process uses, and whether that grows with what it has done."""

import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from support.processes import descendants, open_descriptors


# Threads of a pool are made when they are first needed, and stay.
THREADS = os.cpu_count()


@dataclass
class Holdings:
    """What must be given back when all is done."""

    descriptors: int
    threads: int
    children: int

    @classmethod
    def of(cls, pid):
        return cls(open_descriptors(pid), len(os.listdir(f"/proc/{pid}/task")), len(descendants(pid)))

    def within(self, other, descriptors=0):
        """Whether this is no more than the other, but for so many descriptors."""
        return (
            self.descriptors <= other.descriptors + descriptors
            and self.threads <= other.threads + THREADS
            and self.children <= other.children
        )


def anonymous_bytes(pid):
    """Memory that the process has written to and that no file stands behind."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"/proc/{pid}/status names no RssAnon")


def processor_seconds(pid):
    """What all threads of the process have spent on processors, those that have ended as well, to the nanosecond."""
    # How Linux numbers the clock of another process (clock_getcpuclockid).
    return time.clock_gettime((~pid << 3) | 2)


@dataclass
class Slope:
    """A rise per unit: the median of all pairs, and between what it lies in 19 of 20 cases."""

    median: float
    low: float
    high: float

    def times(self, factor):
        return Slope(self.median * factor, self.low * factor, self.high * factor)


def slope(values):
    """Theil and Sen's estimate, with Kendall's interval: one odd value in ten moves it little."""
    count = len(values)
    rises = sorted((values[j] - values[i]) / (j - i) for i in range(count) for j in range(i + 1, count))
    spread = 1.96 * (count * (count - 1) * (2 * count + 5) / 18) ** 0.5
    low = max(0, int((len(rises) - spread) / 2))
    high = min(len(rises) - 1, int((len(rises) + spread) / 2) + 1)
    return Slope(statistics.median(rises), rises[low], rises[high])


class Growth:
    """Samples taken after equal blocks of units."""

    def __init__(self, pid, units_in_block):
        self._pid = pid
        self._units = units_in_block
        self._before = self._clocks()
        self.memory = [anonymous_bytes(pid)]
        self.processor = []
        self.relative = []

    def _clocks(self):
        return processor_seconds(self._pid), time.process_time()

    def sample(self):
        now = self._clocks()
        spent, own = (late - early for early, late in zip(self._before, now))
        self.processor.append(spent / self._units)
        # What else the machine does makes everything dearer, our own part as well, which is the same for each unit.
        self.relative.append(spent / own)
        self._before = now
        self.memory.append(anonymous_bytes(self._pid))

    @property
    def bytes_per_unit(self):
        return slope(self.memory).times(1 / self._units)

    @property
    def bytes_over_run(self):
        return slope(self.memory).times(len(self.memory) - 1)

    @property
    def share_over_run(self):
        """By which part of itself the processor time of one unit rises from the first block to the last."""
        found, middle = slope(self.relative), statistics.median(self.relative)
        return found.times((len(self.relative) - 1) / middle)

    def report(self):
        memory, share = self.bytes_per_unit, self.share_over_run
        return (
            f"{memory.median:8.1f} B/unit ({memory.low:.1f} to {memory.high:.1f}), "
            f"{self.memory[0] / 1e6:6.1f} -> {self.memory[-1] / 1e6:6.1f} MB, "
            f"{statistics.median(self.processor) * 1e3:7.3f} ms/unit, "
            f"{share.median:+7.1%} over the run ({share.low:+.1%} to {share.high:+.1%})"
        )
