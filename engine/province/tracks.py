"""What people of the province declare: series no committee of the small demo reviews, with a dossier for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Track:
    """A series and the title in it. `specialties` is how many the series has."""

    series: str
    label: str
    title: str
    current: str
    specialties: int
    major: str

    @property
    def specialty(self) -> str:
        return f"{self.series}-01"

    def story(self, route: str = "regular") -> Mapping[str, str]:
        """The dossier as the stories of the small demo tell theirs."""
        return {
            "story": self.series,
            "specialty": self.specialty,
            "title_name": self.title,
            "declaration_route": route,
            "major": self.major,
            "education": "master",
            "current_title_name": self.current,
            "current_specialty": self.specialty,
            "obtained_by": "review",
            "play": "",
        }


TRACKS: Sequence[Track] = (
    Track(
        "health_technician",
        "卫生系列技术",
        "health_technician-senior",
        "health_technician-associate_senior",
        7,
        "100201K",
    ),
    Track("laboratory", "实验技术系列", "laboratory-associate_senior", "laboratory-intermediate", 7, "010102"),
    Track("museum", "文物博物系列", "museum-senior", "museum-associate_senior", 4, "010102"),
    Track("publishing", "出版系列", "publishing-associate_senior", "publishing-intermediate", 4, "010102"),
    Track("journalism", "新闻系列", "journalism-1-senior", "journalism-1-associate_senior", 3, "010102"),
)
"""The first is that of the meeting whose ballot is open."""
