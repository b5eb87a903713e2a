"""Write yunzhang/data/calendar/china.yaml from the chinesecalendar package; run after raising its version.

An office that must not wait for a release keeps its own HOME/calendar.yaml in the same shape.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from importlib.metadata import version
from pathlib import Path

from chinese_calendar import constants

TARGET = Path(__file__).resolve().parents[1] / "yunzhang" / "data" / "calendar" / "china.yaml"
HEAD = """# Days off and swapped working days 调休 as the State Council's yearly notices announce them.
# Written by tools/calendar_data.py from chinesecalendar {version} (MIT); source [S87].
# To add a year before the package does, put the same shape into HOME/calendar.yaml.
"""


def yearly(days: dict[date, str]) -> dict[int, dict[date, str]]:
    """Return days by year with the Chinese name of the holiday they belong to."""
    names = {holiday.value: holiday.chinese for holiday in constants.Holiday}
    found: dict[int, dict[date, str]] = defaultdict(dict)
    for day, name in sorted(days.items()):
        found[day.year][day] = names.get(str(name), str(name))
    return found


def main() -> None:
    """Write the file."""
    off, on = yearly(constants.holidays), yearly(constants.workdays)
    lines = [HEAD.format(version=version("chinesecalendar"))]
    for year in sorted(off):
        for title, days in (("holidays", off[year]), ("workdays", on.get(year, {}))):
            lines += [f"{year}:\n"] if title == "holidays" else []
            lines += [f"  {title}:\n" if days else f"  {title}: {{}}\n"]
            lines += [f"    {day.isoformat()}: {name}\n" for day, name in days.items()]
    TARGET.write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main()
