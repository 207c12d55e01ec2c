from juesuan.api import Checked as Checked
from juesuan.api import Finding as Finding
from juesuan.api import JuesuanError as JuesuanError
from juesuan.api import Marked as Marked
from juesuan.api import Result as Result
from juesuan.api import as_json as as_json
from juesuan.api import check_workbook as check_workbook
from juesuan.api import clear_workbook as clear_workbook
from juesuan.api import mark_workbook as mark_workbook
from juesuan.api import schema as schema

__version__: str
__all__: list[str]
