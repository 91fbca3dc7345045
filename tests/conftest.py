"""What all tests share: nothing fails because a machine was slow, and a failure is named as it happens."""

import pytest
from hypothesis import HealthCheck, settings

# The same cases each time, so that a red run speaks of the change it ran on; `make fuzz` draws new ones.
_UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", _UNTIMED, derandomize=True)
settings.register_profile("new", _UNTIMED, max_examples=1_000)
settings.load_profile("same")

_TURNS = {"test_browser.py": 0}  # all others keep their order within walks and rest


class _NamesFailures:
    """Whoever waits for a long run can look at the first failure while the rest goes on."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if report.failed and reporter is not None:
            reporter.write_line(f"\n{report.when} failed: {report.nodeid}")


def pytest_configure(config: pytest.Config) -> None:
    """Name failures where they are written to a terminal or a log, not in the workers that find them."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_NamesFailures(config), "names-failures")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the walks, the longest first: begun last, one of them would run alone at the end."""
    items.sort(key=lambda item: _TURNS.get(item.path.name, 1 if item.path.parent.name == "journey" else 2))
