"""Measures and type of GB/T 9704—2012 [S61]: A4, text 156 mm × 225 mm in 3号仿宋, title in 2号小标宋."""

from __future__ import annotations

PAGE = (210.0, 297.0)  # millimetres
TOP, LEFT, RIGHT, BOTTOM = 37.0, 28.0, 26.0, 35.0
PITCH = 28.95  # points from line to line: 225 mm in 22 lines
SIGN = 15.79  # points from character to character: 156 mm in 28
BODY, TITLE, SMALL, CELL, TIGHT, FOLIO = 16.0, 22.0, 12.0, 10.5, 9.0, 14.0  # 3号 2号 小4号 5号 小5号 4号
# What a paper names in Word, and what Word takes where that is not installed; every Chinese Windows has the second.
WORD = {
    "fang": ("仿宋_GB2312", "仿宋"),
    "kai": ("楷体_GB2312", "楷体"),
    "hei": ("黑体", "SimHei"),
    "title": ("方正小标宋简体", "宋体"),
    "song": ("宋体", "SimSun"),
}
# What the typesetter tries in turn; the last of each comes with Debian's fonts-noto-cjk.
SET = {
    "fang": ("FangSong_GB2312", "FangSong", "STFangsong", "FZFangSong-Z02", "Noto Serif CJK SC", "Source Han Serif SC"),
    "kai": ("KaiTi_GB2312", "KaiTi", "STKaiti", "LXGW WenKai", "AR PL UKai CN", "Noto Serif CJK SC"),
    "hei": ("SimHei", "STHeiti", "FZHei-B01", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei"),
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "STZhongsong", "Noto Serif CJK SC", "SimSun"),
    "song": ("SimSun", "STSong", "Noto Serif CJK SC", "Source Han Serif SC"),
}
# Any of these can carry a whole paper where the ones above are missing.
ANY = (
    *("Noto Serif CJK SC", "Noto Sans CJK SC", "Source Han Serif SC", "Source Han Sans SC", "SimSun", "FangSong"),
    *("SimHei", "KaiTi", "STSong", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "AR PL UMing CN", "PingFang SC"),
)
