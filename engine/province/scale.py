"""How large a province is built."""

from dataclasses import dataclass

from engine.province.tracks import TRACKS


@dataclass(frozen=True, slots=True)
class Scale:
    """How large it becomes, together with what was there before: units, committees, experts, declarations. `tracks` series at least two,
    of `ways` of them a declaration goes every way; `dossiers` in each meeting but the one whose ballot is open, which has `ballot`;
    `closed` meetings are over, `at_each_step` stand there; `rounds` of recommendation of each kind, `requests` after results at each
    of their steps. What is to be there in no number is not played either.
    """

    tracks: int
    ways: int
    units: int
    committees: int
    experts: int
    declarations: int
    dossiers: int
    ballot: int
    closed: int
    at_each_step: int
    rounds: int
    requests: int


PROVINCE = Scale(
    tracks=len(TRACKS),
    ways=len(TRACKS),
    units=5000,
    committees=60,
    experts=2000,
    declarations=20_000,
    dossiers=20,
    ballot=2000,
    closed=100,
    at_each_step=2,
    rounds=50,
    requests=25,
)
