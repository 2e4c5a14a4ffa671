"""A province with everything in it, in minutes: the small demo, and around it what was recorded and copied."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count as count_up

import sqlalchemy as sa

from engine.bootstrap import App
from engine.clock import local
from engine.committee.tables import committee, expert
from engine.db import Transaction
from engine.db.keys import key_block
from engine.declaration.bulk_declarations import settle
from engine.declaration.demo_files import DemoFiles
from engine.declaration.tables import declaration
from engine.errors import Refused
from engine.organisation.passwords import INITIAL_PASSWORD
from engine.organisation.tables import unit
from engine.province.aftercare import RequestCopies, Requests
from engine.province.ballot import REVIEWED, OpenBallot
from engine.province.committees import BulkCommittee, Vettings, expert_slots, open_committees
from engine.province.copying import Copy
from engine.province.declarations import WAITING, WAYS, Pattern, Rehearsal, Turns, Way
from engine.province.meetings import (
    LATELY,
    LONG_AGO,
    PAUSE,
    Conference,
    MeetingCopies,
    MeetingRecording,
    Seats,
    meeting_name,
)
from engine.province.recording import FIRST_KEY, Recording
from engine.province.rounds import Rounds
from engine.province.scale import PROVINCE, Scale
from engine.province.tracks import TRACKS, Track
from engine.province.units import insert_units, top_unit
from engine.province.writing import BulkWriter
from engine.reference import CodeBook
from engine.result.demo_meeting import Proceedings

#: how one expert in how many of a pool stands: what the office decided, or that it waits; the others are in the pool
VETTED: Mapping[str | None, int] = {"asked": 2, None: 2, "return_for_revision": 1, "refuse": 1, "removed": 1}
FROM_OUTSIDE = 6
#: declarations of meetings were handed in by people born from here on, each in a year of their own
FIRST_BORN = 1970
#: the meeting that is recorded at every step has one dossier for so many of the others
SMALLER = 3
#: requests after results began so long ago
REQUESTED = timedelta(hours=60)
#: copies lie so many minutes apart, over two days
APART, SPREAD = 7, 2 * 24 * 60
NOT_EMPTY = "数据库不是空的，已有 {units} 个机构。大规模演示数据只能建立在空的数据库里，请换一个新建的数据库。"

Say = Callable[[str], object]


class Province:
    """The build, one part after the other; `say` hears what was done."""

    def __init__(self, app: App, scale: Scale, say: Say) -> None:
        self.app, self.scale, self._say = app, scale, say
        self.database, self.files = app.database, DemoFiles(app.files)
        self._begun, self._told = time.monotonic(), time.process_time()

    def build(self) -> None:
        """Everything. Raises `Refused` where the database holds units already."""
        self._found()
        self.grow()

    def grow(self) -> None:
        """All that is not in the small demo; of it only the title office has to be there, and the release's definitions."""
        self._leave_room()
        self.password_hash = self.app.passwords.hash(INITIAL_PASSWORD)
        with self.database.transaction() as tx:
            self.top, self.now = top_unit(tx), tx.now
            missing = self.scale.units - _count(tx, unit)
            units = insert_units(BulkWriter(tx), self.top, missing, self.password_hash)
            self.pools = self.scale.committees - _count(tx, committee)
        self.units = [one for one in units if not one.by_round]
        self.units_by_round = [one for one in units if one.by_round]
        self.turns = Turns(self.units, self.app.year)
        self.say(f"{self.scale.units} 个机构及其账号")
        with self.database.read() as tx:
            self.book: CodeBook = self.app.lists.book(tx, self.app.year)
        self.tracks, self.committees = TRACKS[: self.scale.tracks], list[BulkCommittee]()
        self._open_committees(self.scale.tracks)
        self.rehearsal = Rehearsal(self.database, self.book, self.files, self.password_hash)
        possible = [way for way in WAYS if self._is_this_year(way.ago)]
        ways = [self._play(track, way) for track in self.tracks[: self.scale.ways] for way in possible]
        self.say(f"{len(ways)} 份申报逐份办理")
        meetings = self._hold_meetings() if self.scale.closed or self.scale.at_each_step else []
        self._open_committees(self.pools - self.scale.tracks)
        self.say(f"{self.scale.committees} 个评委会、{self.scale.experts} 名专家")
        if self.scale.rounds:
            self._hold_rounds()
        if self.scale.requests:
            self._make_requests()
        self._copy_meetings(meetings)
        if self.scale.ballot:
            self._hold_ballot()
        if ways:
            self._copy_declarations(ways)
        with self.database.transaction() as tx:
            tx.execute(sa.text("ANALYZE"))
        settle(self.database)
        self.say("完成")

    def say(self, what: str) -> None:
        """A line of progress: what is there now, since when, at which cost of this process."""
        now = time.process_time()
        self._say(f"{time.monotonic() - self._begun:6.1f} 秒（本步 CPU {now - self._told:.1f} 秒）  {what}")
        self._told = now

    # --- parts --------------------------------------------------------------------------------------------------------

    def _found(self) -> None:
        with self.database.read() as tx:
            known = sa.inspect(tx.connection).has_table(unit.name)
            held = tx.value(sa.select(sa.func.count()).select_from(unit)) if known else 0
        if held:
            raise Refused(NOT_EMPTY.format(units=held))
        if not self.app.prepare():
            self.app.seed_demo()
        self.say("演示省份：机构、账号、评委会、示例申报")

    def _leave_room(self) -> None:
        """Let keys begin where no other number can be taken for one."""
        with self.database.transaction() as tx:
            tx.execute(sa.update(key_block).where(key_block.c.name == "key").values(next=FIRST_KEY))
        with self.database.transaction() as tx:
            while tx.next_key() < FIRST_KEY:
                pass

    def _open_committees(self, count: int) -> None:
        """So many more, and their pools. While declarations are placed each series has one."""
        first = len(self.committees)
        with self.database.transaction() as tx:
            self.committees += open_committees(tx, self.tracks, self.top, first, count, self.password_hash)
        self._fill_pools(self.committees[first:])

    def _fill_pools(self, committees: Sequence[BulkCommittee]) -> None:
        """Experts of every state into each of these pools; the first time each state is come to by the office's commands. The first
        pools have one more where the number of experts does not come out even."""
        if not hasattr(self, "_experts"):
            vettings = Vettings(self.database, self.book, self.files, committees[0], self.units[0], self.password_hash)
            wanted = [*VETTED, "approve"]
            inside = [vettings.record(vettings.play(number, one)) for number, one in enumerate(wanted)]
            outside = vettings.record(vettings.play(len(wanted), "approve", outside=True))
            counts = [*VETTED.values(), 0]
            self._experts = [*zip(inside, counts, strict=True), (outside, FROM_OUTSIDE)]
            self._expert_number = len(wanted) + 1
            with self.database.read() as tx:
                missing = self.scale.experts - _count(tx, expert)
            self._approved = [missing // self.pools - sum(VETTED.values()) - FROM_OUTSIDE] * self.pools
            for number in range(missing % self.pools):
                self._approved[number] += 1
        with self.database.transaction() as tx:
            writer = BulkWriter(tx)
            for kept in committees:
                approved = self._approved[self.committees.index(kept)]
                for recording, count in ((one, known or approved) for one, known in self._experts):
                    slots = []
                    for _ in range(count):
                        self._expert_number += 1
                        place = self.units[self._expert_number % len(self.units)]
                        slots.append(expert_slots(self.book, self._expert_number, kept, place))
                    self.copy(writer, recording, slots)
            writer.flush()

    def _play(self, track: Track, way: Way) -> tuple[Way, Pattern, Recording]:
        pattern = self.rehearsal.play(track, way, self.turns.next_person(FIRST_BORN), self.units[0], self.now)
        return way, pattern, self.rehearsal.record(pattern)

    def _play_dossiers(self, track: Track, count: int, ago: timedelta) -> list[Pattern]:
        """Declarations that waited for a meeting at that time, each of another department."""
        way, until = WAITING, self.now - ago
        return [
            self.rehearsal.play(track, way, self.turns.next_person(FIRST_BORN + number), self.units[number], until)
            for number in range(count)
        ]

    def _hold_meetings(self) -> list[tuple[Track, MeetingRecording]]:
        """A meeting of the second and of the third track, which are recorded step by step; of each one long ago and one lately."""
        found: list[tuple[Track, MeetingRecording]] = []
        for kept in self.committees[1 : min(3, self.scale.tracks)]:
            for ago in (LONG_AGO, LATELY):
                if not self._is_this_year(ago.days + 2):
                    continue  # the year is too young for a meeting that is over
                count = self.scale.dossiers if ago is LONG_AGO else max(2, self.scale.dossiers // SMALLER)
                dossiers = self._play_dossiers(kept.track, count, ago + timedelta(hours=1))
                held = Proceedings(self.database, self.files, kept.id, self.now - ago, PAUSE)
                name = meeting_name(self.app.year, kept, len(found))
                conference = Conference(self.database, kept, held, dossiers, name, len(found))
                steps = conference.hold_long_ago() if ago is LONG_AGO else conference.hold_lately()
                found += [(kept.track, one) for one in steps]
        self.say(f"逐步召开评审会议，记录 {len(found)} 个环节")
        return found

    def _copy_meetings(self, meetings: Sequence[tuple[Track, MeetingRecording]]) -> None:
        count = 0
        with self.database.transaction() as tx:
            writer, copies = BulkWriter(tx), MeetingCopies(tx, self.turns, self.app.year)
            seats = {one.id: Seats(tx, one) for one in self.committees}
            for track, one in meetings:
                targets = [kept for kept in self.committees if kept.track is track][1:]
                wanted = self.scale.closed // 2 if one.step == "closed" else self.scale.at_each_step
                self.turns.take_numbers(tx, wanted * len(one.dossiers))
                for number in range(wanted if targets else 0):
                    kept = targets[number % len(targets)]
                    slots = copies.slots(one, kept, seats[kept.id])
                    self.copy(writer, one.recording, [slots], number)
                    count += 1
            writer.flush()
        self.say(f"{count} 次评审会议")

    def _hold_ballot(self) -> None:
        """The meeting of the first committee: its dossiers are there before the ballot opens."""
        kept = self.committees[0]
        dossiers = self._play_dossiers(kept.track, min(REVIEWED, self.scale.ballot // 2), LATELY + timedelta(hours=1))
        held = Proceedings(self.database, self.files, kept.id, self.now - LATELY, PAUSE)
        ballot = OpenBallot(self.database, kept, held, dossiers)
        reviewed = ballot.review(meeting_name(self.app.year, kept, 1))
        wanted = self.scale.ballot - len(reviewed)
        with self.database.transaction() as tx:
            writer = BulkWriter(tx)
            self.turns.take_numbers(tx, wanted)
            for place, one in enumerate(reviewed):
                numbers = range(place, wanted, len(reviewed))
                slots = [
                    {**self.turns.slots(one.pattern), **one.reviewers(number // len(reviewed))} for number in numbers
                ]
                self.copy(writer, one.recording, slots)
            writer.flush()
        self.say(f"一次 {self.scale.ballot} 份材料的评审会议，已打分")
        ballot.vote()
        self.say("投票中")

    def _copy_declarations(self, ways: Sequence[tuple[Way, Pattern, Recording]]) -> None:
        with self.database.read() as tx:
            held = _count(tx, declaration)
        wanted = max(0, self.scale.declarations - held)
        counts = _shared_out(wanted, [way.share for way, *_ in ways])
        for (_, pattern, recording), count in zip(ways, counts, strict=True):
            with self.database.transaction() as tx:
                writer = BulkWriter(tx)
                self.turns.take_numbers(tx, count)
                self.copy(writer, recording, [self.turns.slots(pattern) for _ in range(count)])
                writer.flush()
        self.say(f"{sum(counts)} 份申报")

    def _hold_rounds(self) -> None:
        """The rounds of one unit, and each of them in other units that recommend so."""
        first, others = self.units_by_round[0], self.units_by_round[1:]
        rounds = Rounds(self.database, self.files, self.rehearsal, self.turns, self.tracks[0], first)
        played = list(rounds.play(self.now, FIRST_BORN))
        with self.database.transaction() as tx:
            writer = BulkWriter(tx)
            for one in played:
                places = others[: self.scale.rounds]
                self.turns.take_numbers(tx, len(places) * len(one.dossiers))
                self.copy(writer, one.recording, [one.slots(self.turns, place) for place in places])
            writer.flush()
        self.say(f"{len(played)} 种推荐轮次")

    def _make_requests(self) -> None:
        """What people ask for after results, and complaints."""
        begins = max(self.now - REQUESTED, _new_year(self.now))
        people = ((self.turns.next_person(born := FIRST_BORN + number), born) for number in count_up())
        requests = Requests(self.database, self.book, self.files, self.rehearsal, self.tracks[0], self.units[0], begins)
        played = list(requests.play_all(people))
        with self.database.transaction() as tx:
            writer, copies = BulkWriter(tx), RequestCopies(tx, self.turns)
            for one in played:
                self.copy(writer, one.recording, [copies.slots(one) for _ in range(self.scale.requests)])
            writer.flush()
        self.say(f"{len(played) * (1 + self.scale.requests)} 件复查、投诉、撤销、证书申请")

    def _is_this_year(self, days_ago: int) -> bool:
        return local(self.now - timedelta(days=days_ago)).year == self.app.year

    def copy(
        self, writer: BulkWriter, recording: Recording, slots: Sequence[Mapping[str, str | int]], first: int = 0
    ) -> None:
        """A copy for each of these; each happened some minutes earlier than the one before, within two days and the year.

        `first` counts the copies made before.
        """
        base = writer.keys(recording.width * len(slots))
        begin = _new_year(recording.first_at)
        most = min(SPREAD, int((recording.first_at - begin) / timedelta(minutes=1)))
        for number, given in enumerate(slots):
            earlier = timedelta(minutes=(first + number) * APART % (most + 1))
            copied = Copy(recording, base + number * recording.width, given, earlier, as_text=writer.tx.is_sqlite)
            for table, rows in copied.rows():
                writer.add(table, rows)


def _count(tx: Transaction, table: sa.Table) -> int:
    return int(tx.value(sa.select(sa.func.count()).select_from(table)))


def _new_year(now: datetime) -> datetime:
    return local(now).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)


def _shared_out(wanted: int, shares: Sequence[float]) -> list[int]:
    """So many in these shares, at least one each; the last takes what does not come out even."""
    counts = [max(1, int(wanted * one / sum(shares))) for one in shares]
    counts[-1] = max(1, wanted - sum(counts[:-1]))
    return counts


def build_province(app: App, say: Say = lambda line: None, scale: Scale = PROVINCE) -> None:
    """Build it in an empty database. Raises `Refused` where it holds units already."""
    Province(app, scale, say).build()
