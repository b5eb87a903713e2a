"""Names that belong to nobody: a family name, 某, and a syllable; and the posts they are appointed to."""

from __future__ import annotations

from random import Random

FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "安邦诚达恩帆国海佳凯兰明宁平启仁世涛维欣雅远哲真正志中"


def invent_name(rng: Random) -> str:
    """Return an invented name such as 周某明; 某 says that nobody of that name is meant.

    >>> invent_name(Random(1))[1]
    '某'
    """
    return rng.choice(FAMILY) + "某" + rng.choice(GIVEN)
