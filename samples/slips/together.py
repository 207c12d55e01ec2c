"""Five slips in one workbook, as they come over a bureau's counter: 焦作2024-有误.xlsx."""

from decimal import Decimal

from slips.slip import JIAOZUO, Slip, entered, without_row

SLIPS_TOGETHER: tuple[Slip, ...] = (
    entered("EXP002", JIAOZUO, "expenditure.2010350.basic", Decimal("676.23"), "事业运行的基本支出667.23录成676.23"),
    entered("GPB002", JIAOZUO, "general_budget.total.total", Decimal("1027.25"), "补列就业见习补贴后合计没有更新"),
    entered("TPE002", JIAOZUO, "three_public.actual.vehicles", Decimal("0.08"), "公务接待费错填到公务用车小计"),
    entered("FORM006", JIAOZUO, "basic_expenditure.30229.amount", "９.22", "福利费用了全角数字，成了文本"),
    Slip(
        "CODE004",
        "删行时误删款级科目20808",
        JIAOZUO,
        ("revenue", "2080801"),
        redo=lambda book: without_row(book, "revenue", "20808"),
    ),
)
