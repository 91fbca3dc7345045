"""Who watches a record is told of each entry that names them, once, and of a record that does not hold."""

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ports import free_port
from tests.proof.logs import LOG, make_log, write_log

from fanlight.cli.monitor import (
    STATE,
    BadWatch,
    Notice,
    NotKept,
    NotSent,
    Watch,
    keep_watching,
    mailing,
    posting,
)
from fanlight.model.errors import FanlightError
from fanlight.proof.openings import make_leaf
from fanlight.proof.trust import Trust

PEERS = Path(__file__).resolve().parents[2] / ".tools" / "peers" / "bin" / "python"
TRUST = Trust(LOG.verifier)


def leaves(*names: str) -> list[bytes]:
    return [make_leaf("request", {"agency": {"name": name}, "n": [n]})[0] for n, name in enumerate(names)]


def write(folder: Path, *names: str) -> str:
    shutil.rmtree(folder, ignore_errors=True)
    entries = leaves(*names)
    return str(write_log(folder, make_log(1, len(entries), leaves=entries)))


def watch(tmp_path: Path, told: list[Notice], *words: str) -> Watch:
    return Watch(str(tmp_path / "log"), tmp_path / "copy", words, TRUST, told.append)


def test_each_entry_that_names_one_of_the_words_is_told_once(tmp_path: Path) -> None:
    """R42: case and accents do not count, and what was told is not told again."""
    told: list[Notice] = []
    write(tmp_path / "log", "Santa María Police", "Other Town")
    assert watch(tmp_path, told, "santa maria").once() == 0
    assert [one.title for one in told] == ["Entry 0 of the record (request) names santa maria"]
    assert "Santa María Police" in told[0].text
    write(tmp_path / "log", "Santa María Police", "Other Town", "SANTA MARIA SHERIFF", "Other Town")
    assert watch(tmp_path, told, "santa maria").once() == 0
    assert [one.title.split()[1] for one in told] == ["0", "2"]
    assert watch(tmp_path, told, "santa maria").once() == 0
    assert len(told) == 2


def test_a_record_that_was_rewritten_is_told_once(tmp_path: Path) -> None:
    """R42: whoever watches need not look."""
    told: list[Notice] = []
    write(tmp_path / "log", "A", "B", "C")
    watch(tmp_path, told, "nobody").once()
    write(tmp_path / "log", "A", "another")
    assert watch(tmp_path, told, "nobody").once() == 1
    assert watch(tmp_path, told, "nobody").once() == 1
    assert [("does not hold" in one.title, "contradiction/" in one.text) for one in told] == [(True, True)]


def test_what_could_not_be_sent_is_sent_the_next_time_before_what_came_later(tmp_path: Path) -> None:
    told: list[Notice] = []

    def broken(_: Notice) -> None:
        raise NotSent("No line.", kept="It is kept.", do="Wait.")

    write(tmp_path / "log", "Ours", "Ours")
    with pytest.raises(NotSent):
        Watch(str(tmp_path / "log"), tmp_path / "copy", ["ours"], TRUST, broken).once()
    assert watch(tmp_path, told, "ours").once() == 0
    assert [one.title.split()[1] for one in told] == ["0", "1"]


@contextlib.contextmanager
def mail_server(port: int) -> Iterator[subprocess.Popen[str]]:
    """Run a mail server of another make, which prints what it gets."""
    command = [str(PEERS), "-u", "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}"]
    command += ["-c", "aiosmtpd.handlers.Debugging", "stdout"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


def test_a_notice_comes_by_mail() -> None:
    port = free_port()
    send = mailing(f"127.0.0.1:{port}", "record@town.example", "me@home.example")
    with pytest.raises(NotSent):
        send(Notice("Nobody listens", ""))
    with mail_server(port) as server:
        sent = False
        while not sent:
            assert server.poll() is None
            with contextlib.suppress(NotSent):
                send(Notice("Entry 7 names Müller", '{"agency": "Müller"}'))
                sent = True
        assert server.stdout is not None
        lines: list[str] = []
        while not lines or "END MESSAGE" not in lines[-1]:
            lines.append(server.stdout.readline())
    text = "".join(lines)
    assert "To: me@home.example" in text
    assert "Subject: Entry 7 names =?utf-8?q?M=C3=BCller?=" in text


@pytest.mark.parametrize(
    ("server", "receiver"), [("", "a@b"), ("host:port", "a@b"), ("host:99999", "a@b"), ("host", "nobody")]
)
def test_a_mail_that_can_go_nowhere_is_refused_at_once(server: str, receiver: str) -> None:
    with pytest.raises(BadWatch):
        mailing(server, "a@b", receiver)


def test_an_address_that_takes_no_notices_is_said_without_its_secret() -> None:
    for url in ("http://127.0.0.1:9/hook/secret", "http://[", "nothing"):
        with pytest.raises(NotSent) as refused:
            posting(url)(Notice("t", "x"))
        assert "secret" not in refused.value.what


def test_an_entry_that_is_dated_back_is_told_whatever_one_watches_for(tmp_path: Path) -> None:
    """R42: the witnesses' times say that it was not there on the day that it gives."""
    told: list[Notice] = []

    def write_days(old: int, *days: object) -> None:
        shutil.rmtree(tmp_path / "log", ignore_errors=True)
        made = [make_leaf("case", {"agency": "A", "day": day, "n": n})[0] for n, day in enumerate(days)]
        write_log(tmp_path / "log", make_log(old, len(made), leaves=made))

    first: list[object] = ["2026-11-20", "2026-11-21"]
    write_days(1, *first)
    assert watch(tmp_path, told, "nobody").once() == 0
    write_days(2, *first, "2026-11-21", "2026-11-18", "2026-10-01", "no day", 7)
    assert watch(tmp_path, told, "nobody").once() == 0
    assert [one.title for one in told] == ["Entry 4 of the record (case) may be back-dated"]
    assert told[0].text == "It says 2026-10-01, and was not there when witnesses signed on 2026-11-21."


def test_a_copy_that_cannot_be_written_is_said_and_the_watch_goes_on(tmp_path: Path) -> None:
    """R42: as on a full disk; nothing is passed over once there is room."""
    told: list[Notice] = []
    said: list[FanlightError] = []
    write(tmp_path / "log", "Ours")
    (tmp_path / "copy" / STATE).mkdir(parents=True)  # in its place no file can be written

    class Enough(Exception):
        """The watch went on."""

    def send(notice: Notice) -> None:
        if said:
            raise Enough
        told.append(notice)

    def make_room(error: FanlightError) -> None:
        said.append(error)
        (tmp_path / "copy" / STATE).rmdir()

    with pytest.raises(Enough):
        keep_watching(Watch(str(tmp_path / "log"), tmp_path / "copy", ["ours"], TRUST, send), 0, make_room)
    assert [type(error) for error in said] == [NotKept]
    assert str(tmp_path / "copy") in said[0].what
    assert len(told) == 1
