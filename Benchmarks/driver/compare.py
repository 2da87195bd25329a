"""Puts results beside each other: rows for the tables, whoever prints them."""

from dataclasses import dataclass, replace
from typing import Any

import goals
from cases import PEERS

# What calls through the proxy are compared with, by what the server speaks.
MEASURE = {"http": "nginx", "stdio": "bridge"}


@dataclass
class Row:
    case: Any
    cpu: float
    # What stands beside it, and what that costs.
    beside: str
    cost: float | None

    @property
    def ratio(self):
        return self.cpu / self.cost if self.cost else None

    @property
    def goal(self):
        return goals.most(self.case) if self.cost else None

    @property
    def verdict(self):
        return goals.verdict(self.ratio, self.goal)


class Results:
    """All results of a run, by setting, way and cell."""

    def __init__(self, results):
        self.all = results
        self._by_place = {(one["case"].setting, one["case"].way, one["case"].cell): one for one in results}

    def find(self, case, way, cell=None):
        return self._by_place.get((case.setting, way, cell or case.cell))

    def of_proxy(self):
        return [one for one in self.all if one["case"].way == "proxy"]

    def rows(self):
        """Processor time per call through the proxy, beside what it is measured by."""
        for one in self.of_proxy():
            case = one["case"]
            if case.servers > 1:
                alone = self.find(replace(case, servers=1), "proxy")
                yield Row(case, one["cpu"], "one server" if alone else "–", alone and alone["cpu"])
            elif case.is_translated:
                yield Row(case, one["cpu"], "untranslated", self._untranslated(case))
            else:
                way = MEASURE[case.transport]
                measure = self.find(case, way)
                yield Row(case, one["cpu"], way if measure else "–", measure and measure["cpu"])
            other = self.find(case, "other")
            if other:
                yield Row(case, one["cpu"], "other build", other["cpu"])

    def beside_peers(self):
        """Setting, cost through the proxy, and the cost through each other proxy that answered."""
        for one in self.of_proxy():
            others = {peer: self.find(one["case"], peer) for peer in PEERS}
            costs = {peer: other["cpu"] for peer, other in others.items() if other}
            if costs:
                yield one["case"].setting, one["cpu"], costs

    def _untranslated(self, case):
        """The mean of the two cells that are carried as they are."""
        same = [self.find(case, "proxy", f"{era}→{era}") for era in (case.client, case.server)]
        costs = [one["cpu"] for one in same if one]
        return sum(costs) / len(costs) if costs else None
