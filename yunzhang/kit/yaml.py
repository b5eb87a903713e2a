"""Reading YAML that people edit: a key given twice or a key nobody knows is an error, never a guess."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from yunzhang.base.errors import YunzhangError, zh


class BadData(YunzhangError):
    """A data file of the product or of the home does not say what it must."""

    code = "bad_data"
    category = "unavailable"
    what = zh("数据文件 %(file)s 无法使用：%(problem)s。")
    do = zh("请按文件开头的说明改正后重试。")


class _Strict(yaml.SafeLoader):
    """A safe loader that refuses doubled keys."""


def _mapping(loader: _Strict, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    if any(isinstance(key, (list, dict, set)) for key in keys):
        raise yaml.constructor.ConstructorError(None, None, "a key must be a word or a number", node.start_mark)
    doubled = sorted({str(key) for key in keys if keys.count(key) > 1})
    if doubled:
        raise yaml.constructor.ConstructorError(None, None, f"doubled key {', '.join(doubled)}", node.start_mark)
    return {key: loader.construct_object(value, deep=True) for key, (_, value) in zip(keys, node.value, strict=True)}


_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


class _Foreign(_Strict):
    """A loader of files from elsewhere: a day that does not exist stays the text it is, to be told where it stands."""


def _day(loader: _Foreign, node: yaml.ScalarNode) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return node.value


_Foreign.add_constructor("tag:yaml.org,2002:timestamp", _day)


def read_yaml(file: Path, loader: type[yaml.SafeLoader] = _Strict) -> dict[Any, Any]:
    """Return the mapping a YAML file holds; raises BadData where it cannot be read as one."""
    try:
        facts = yaml.load(file.read_text("utf-8"), loader)  # noqa: S506 - a SafeLoader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadData(file=file.name, problem=" ".join(str(error).split())) from error
    if not isinstance(facts, dict):
        raise BadData(file=file.name, problem=zh("应为 YAML 的键值对"))
    return facts


def check_keys(file: Path, facts: dict[Any, Any], *, must: set[str], may: set[str] | None = None) -> None:
    """Raise BadData unless a mapping has every key it must, and none beyond those it may."""
    keys = {str(key) for key in facts}
    missing, unknown = sorted(must - keys), sorted(keys - must - (may or set()))
    if missing:
        raise BadData(file=file.name, problem=f"缺少 {', '.join(missing)}")
    if unknown:
        raise BadData(file=file.name, problem=f"不认识 {', '.join(unknown)}")


LONGEST, LONGEST_LINE, OPENINGS = 1 << 16, 2_000, 1_000  # parsing is slow in the depth of what is nested


def read_marked(file: Path) -> tuple[dict[Any, Any], dict[tuple[str, ...], int]]:
    """Return the mapping of a foreign YAML file, and the line of every value by the way to it (list items from 1).

    Raises BadData where it cannot be read, is longer than 64 KiB or nested without end, or repeats a part by reference.
    """
    if file.stat().st_size > LONGEST:
        raise BadData(file=file.name, problem=zh("文件超过 64 KB"))
    try:
        text = file.read_text("utf-8")
        if max(map(len, text.splitlines()), default=0) > LONGEST_LINE or sum(map(text.count, "[{")) > OPENINGS:
            raise BadData(file=file.name, problem=zh("行过长或嵌套过多"))
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, _Strict)):
            raise BadData(file=file.name, problem=zh("不支持引用（& 与 *）"))
        facts = read_yaml(file, _Foreign)
        return facts, dict(_lines(yaml.compose(text, _Strict), ()))
    except (RecursionError, UnicodeDecodeError, yaml.YAMLError, ValueError) as error:
        raise BadData(file=file.name, problem=" ".join(str(error).split())[:300]) from error


def _lines(node: Any, way: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    yield way, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*way, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value, 1):
            yield from _lines(value, (*way, str(number)))
