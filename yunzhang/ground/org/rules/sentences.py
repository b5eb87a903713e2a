"""The sentences of the gate: sources with article, explanations, labels of the lawful forms. Message ids, no logic."""

from __future__ import annotations

from datetime import date

from yunzhang.base.errors import zh
from yunzhang.ground.org.terms import Remedy

__all__ = ["BURDEN_FROM", "BURDEN_SOURCE", "EXPLANATIONS", "LABELS", "SKIPPED", "SOURCES"]

BURDEN_FROM = date(2024, 8, 6)  # 《整治形式主义为基层减负若干规定》 is cited from its own day on
BURDEN_SOURCE = zh("《党政机关公文处理工作条例》第十六条第（二）项；《整治形式主义为基层减负若干规定》")

_ART14 = zh("《党政机关公文处理工作条例》第十四条")
_ART15 = zh("《党政机关公文处理工作条例》第十五条")
_ART16_1 = zh("《党政机关公文处理工作条例》第十四条、第十六条第（一）项")
_ART16_2 = zh("《党政机关公文处理工作条例》第十六条第（二）项")
_ART16_3 = zh("《党政机关公文处理工作条例》第十六条第（三）项")
_ART16_4 = zh("《党政机关公文处理工作条例》第十六条第（四）项")
_ART16_5 = zh("《党政机关公文处理工作条例》第十六条第（五）项")
_ART17 = zh("《党政机关公文处理工作条例》第十七条")

SOURCES = {
    "advisory": _ART17,
    "subordinate": _ART16_1,
    "corresponding": _ART16_3,
    "consent": _ART16_2,
    "department_to_government": _ART16_2,
    "not_corresponding": _ART16_3,
    "upward": _ART15,
    "peer": _ART17,
    "not_subordinate": _ART14,
    "outside": _ART14,
    "number_missing": _ART16_2,
    "not_countersigned": _ART16_4,
    "dual_not_copied": _ART16_5,
}

EXPLANATIONS = {
    "advisory": zh("工作提示、商请函不具指令性，可以发往“%(to)s”。"),
    "subordinate": zh("“%(to)s”隶属于“%(name)s”或受其指导，可以交办。"),
    "corresponding": zh("“%(to)s”是“%(name)s”在下级的对口部门，可以在职权范围内行文。"),
    "consent": zh("已注明经政府同意（%(number)s），“%(name)s”可以向“%(to)s”行文。"),
    "department_to_government": zh(
        "“%(name)s”是部门或议事协调机构，不得向下级党委、政府“%(to)s”发布指令性公文或提出指令性要求。"
    ),
    "not_corresponding": zh("“%(to)s”不是“%(name)s”在下级的对口部门，不能直接向其交办。"),
    "upward": zh("“%(to)s”是“%(name)s”的上级或本级政府，应当以请示、报告行文，不能交办。"),
    "peer": zh("“%(name)s”与“%(to)s”互不隶属，部门之间以函商请，不能交办。"),
    "not_subordinate": zh("“%(to)s”不隶属于“%(name)s”，也不受其指导，不能交办。"),
    "outside": zh("“%(to)s”不是党政机关，不能以公文向其交办。"),
    "number_missing": zh("由其他单位经办或注明依据的事项，须填写会议纪要、批示或政府同意的编号。"),
    "not_countersigned": zh("涉及多个部门职权的事项，部门之间未协商一致的，不得向下行文。尚未会签：%(missing)s。"),
    "dual_not_copied": zh("“%(to)s”受双重领导，向其行文应当抄送它的另一个上级机关。"),
}

SKIPPED = zh("本次行文越过了中间层级，应当同时抄送被越过的机关。")

LABELS = {
    Remedy.GOVERNMENT_NAME: zh("以政府名义交办（附会议纪要或批示编号）"),
    Remedy.CONSENT: zh("注明“经政府同意”并填写编号"),
    Remedy.ADVISORY: zh("改发工作提示或商请函（不具指令性）"),
    Remedy.CORRESPONDING: zh("改发该地方的对口部门"),
    Remedy.COUNTERSIGN: zh("先行会签，填写各部门会签编号"),
    Remedy.COPY: zh("抄送另一个上级机关"),
    Remedy.NUMBER: zh("补填会议纪要或批示编号"),
}
