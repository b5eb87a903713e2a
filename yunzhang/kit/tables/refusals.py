"""Why a file cannot be taken: one sentence each, naming row and column, and what to do."""

from __future__ import annotations

from yunzhang.base.errors import YunzhangError, zh


class BadTable(YunzhangError):
    """A file that cannot be read as the table asked for."""

    code = "bad_table"
    what = zh("文件不能作为表格读取。")
    do = zh("请用 WPS 或 Excel 打开后另存为 xlsx，或另存为 UTF-8 编码的 csv，再重新导入。")


class NotATable(BadTable):
    """Neither xlsx nor csv, or a broken or encrypted one."""

    code = "not_a_table"
    what = zh("文件不是有效的 xlsx 或 csv 表格，或已加密、损坏。")


class OldWorkbook(BadTable):
    """An .xls workbook of the old format, or an encrypted one."""

    code = "old_workbook"
    what = zh("文件是旧版 xls 格式，或设置了打开密码。")
    do = zh("请打开后取消密码，另存为 xlsx 格式再导入。")


class TooLarge(BadTable):
    """More bytes than a table of people's making has."""

    code = "table_too_large"
    what = zh("文件过大（含解压后的内容），已停止读取。")
    why = zh("单个文件不超过 %(megabytes)s MB，解压后不超过 %(unpacked)s MB。")
    do = zh("请删去图片、空白行列和无关工作表，或分成几个文件导入。")


class TooManyRows(BadTable):
    """More rows than one import takes."""

    code = "too_many_rows"
    what = zh("表格超过 %(limit)s 行，已停止读取。")
    do = zh("请分成几个文件导入；如只有少量数据，请删去表格末尾的空白格式行。")


class WrongEncoding(BadTable):
    """Text that is not UTF-8."""

    code = "wrong_encoding"
    what = zh("csv 文件不是 UTF-8 编码（看起来是 %(encoding)s）。")
    do = zh("请在 WPS 或 Excel 中另存为“CSV UTF-8（逗号分隔）”或 xlsx 后再导入。")


class WrongColumns(BadTable):
    """The heading row is not the one asked for."""

    code = "wrong_columns"
    what = zh("第 %(row)s 行应为表头：缺少列“%(missing)s”，多出列“%(unknown)s”。")
    do = zh("请对照导入说明核对表头，表头上方不要有标题行。")


class DoubledColumn(BadTable):
    """Two columns of one heading."""

    code = "doubled_column"
    what = zh("表头第 %(row)s 行中“%(column)s”列出现了两次。")
    do = zh("请保留其中一列。")


class MergedCell(BadTable):
    """A merged cell: nobody can tell which rows it speaks for."""

    code = "merged_cell"
    what = zh("第 %(row)s 行“%(column)s”列有合并单元格（%(range)s）。")
    do = zh("请取消合并，并把内容填入每一行。")


class FormulaCell(BadTable):
    """A formula: what it shows elsewhere need not be what it shows here."""

    code = "formula_cell"
    what = zh("第 %(row)s 行“%(column)s”列是公式。")
    do = zh("请复制该列，以“粘贴为数值”的方式替换公式后再导入。")


class ErrorCell(BadTable):
    """A cell that shows an error of the spreadsheet program."""

    code = "error_cell"
    what = zh("第 %(row)s 行“%(column)s”列显示为错误值“%(value)s”。")
    do = zh("请改正该单元格后再导入。")


class LongNumber(BadTable):
    """A number of more than 15 digits: the spreadsheet program has already lost its last ones."""

    code = "long_number"
    what = zh("第 %(row)s 行“%(column)s”列是超过 15 位的数字，末几位已被表格软件改变。")
    do = zh("请先把该列设为“文本”格式，再重新填写编号。")


class LongCell(BadTable):
    """A cell with more text than any column of ours holds."""

    code = "long_cell"
    what = zh("第 %(row)s 行“%(column)s”列超过 %(limit)s 个字符。")
    do = zh("请缩短内容后再导入。")


class EmptyTable(BadTable):
    """A file without any row."""

    code = "empty_table"
    what = zh("表格是空的。")
    do = zh("请确认数据在第一张工作表中，且第一行是表头。")


class TooSlow(BadTable):
    """Reading took longer or more memory than allowed."""

    code = "table_too_slow"
    what = zh("读取文件超过 %(seconds)s 秒或内存上限，已停止。")
    do = zh("请确认文件来源可靠，或分成几个文件导入。")


KINDS: tuple[type[BadTable], ...] = (BadTable, *BadTable.__subclasses__())
REFUSALS = {each.code: each for each in KINDS}
