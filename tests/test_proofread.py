"""A text against its tables: what is wrong in a published one, and every kind of mistake planted in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from juesuan.cli import main
from juesuan.edition import chinese_number
from juesuan.narrative.facts import Facts
from juesuan.narrative.writing import write_narrative
from juesuan.proofread.compare import _sizes
from juesuan.proofread.remark import Remark
from outputs import require_published
from test_fill_last_year import year_before
from test_narrate import with_supplement
from texts import BOOK, EDITION, TEXT, WORKBOOK, declaration, document, flowing, proof_of, published, said, text_rules

LEFT_IN_JIAOZUO = {
    # 年初预算总数 1082.40，七项之和 1034.62
    ("TXT008", "error", "五、一般公共预算财政拨款支出决算情况说明"),
    # 自评表年初预算 882.40，说明五 1082.40
    ("PERF005", "warning", "部门整体自评表"),
    # 整体绩效“一般公共预算支出”1032.00，05表 1031.33
    ("TXT019", "warning", "十三、预算绩效情况说明"),
    # 自评项目 4 个，汇总表 2 行
    ("TXT020", "warning", "项目单位自评汇总表"),
    # 评价报告全年财政拨款预算 1031.33，自评表 1205.92
    ("PERF009", "warning", "部门评价报告"),
    # 单位资金执行 223.83，非财政支出 0.67
    ("PERF006", "warning", "部门整体自评表"),
    # 结转结余率 12.21%、三公控制率 8.23%、采购执行率 100%
    ("PERF007", "info", "部门整体自评表"),
    ("PERF008", "info", "部门整体自评表"),
    ("PERF010", "info", "部门整体自评表"),
    # 200 万元一处称“全年预算数”，一处称“年初预算数”
    ("PERF011", "warning", "部门评价报告"),
    # 占比 87.34＋8.20＋4.45＝99.99，文中已注明尾数误差
    ("TXT030", "info", "五、一般公共预算财政拨款支出决算情况说明"),
    # 采购总额为 0，仍写“占……0.00%”（两处）：表样如此，只提示
    ("TXT013", "info", "十一、政府采购支出情况说明"),
}


def test_the_published_text_holds_exactly_these_inconsistencies() -> None:
    proof = proof_of(published())
    assert said(proof) == LEFT_IN_JIAOZUO
    assert len(proof.remarks) == len(LEFT_IN_JIAOZUO) + 1
    assert proof.verdict == "fail"
    # 只写一处、账上也没有的数（如来访团组数）不算相符
    assert proof.counts["not_applicable"] > 20
    assert proof.counts["passed"] + proof.counts["not_applicable"] < 260
    assert [item.reason for item in proof.not_checked] == [
        "“十三、预算绩效情况说明”有 1 个数没有认出，没有核对：“。实现绩效自评“100%””"
    ]


def test_the_supplement_adds_nothing_false() -> None:
    """The report names one project twice, which is no item told twice."""
    _, given = with_supplement()
    assert said(proof_of(published(), given)) == LEFT_IN_JIAOZUO


def test_line_breaks_and_half_width_punctuation_change_nothing_in_the_third_part() -> None:
    sections = {item for item in LEFT_IN_JIAOZUO if "、" in item[2]}
    assert said(proof_of(flowing())) >= sections
    assert said(proof_of(published().replace("，", ",").replace("；", ";"))) == LEFT_IN_JIAOZUO


def replaced(before: str, after: str) -> str:
    """The published text with a phrase replaced where it stands first after the contents, over line breaks too."""
    text = published()
    start = text.rindex("第三部分 2024")
    match = re.compile(r"\s*".join(map(re.escape, before))).search(text, start)
    assert match, before
    breaks = "\n" * match[0].count("\n")
    return text[: match.start()] + after + breaks + text[match.end() :]


def planted(before: str, after: str) -> list[Remark]:
    """What is said of the text with one phrase replaced, and not of it as it was published."""
    return said_new(published(), replaced(before, after))


def said_new(before: str, after: str) -> list[Remark]:
    """What is said of a text and not of another, wherever it stands."""

    def words(item: Remark) -> tuple[str, str]:
        return item.finding.rule, re.sub(r"第 \d+ 行", "", item.finding.message)

    known = {words(item) for item in proof_of(before).remarks}
    return [item for item in proof_of(after).remarks if words(item) not in known]


@pytest.mark.parametrize(
    ("before", "after", "rule", "words"),
    [
        ("财政拨款收、支总计均为1,031.33万元", "财政拨款收、支总计均为0.3万元", "TXT001", "应为 1,031.33万元"),
        ("900.81万元，占87.34%", "900.81万元，占87.42%", "TXT002", "应为 87.34%"),
        ("45.92万元，占4.45%", "45.92万元，占4.46%", "TXT002", "应为 4.45%"),
        ("增加19.99万元，增长1.98%", "增加19.99万元，增长1.89%", "TXT003", "应为 1.98%"),
        ("增加20.45万元，增长2.02%", "增加20.45万元，下降2.02%", "TXT004", "应为“增长”"),
        ("完成年初预算的92.29%", "完成年初预算的92.92%", "TXT006", "应为 92.29%"),
        ("（款）死亡抚恤（项）", "（款）伤残抚恤（项）", "TXT010", "表中名称为“死亡抚恤”"),
        ("（类）就业补助（款）", "（类）企业改革补助（款）", "TXT010", "表中名称为“就业补助”"),
        ("卫生健康（类）支出", "节能环保（类）支出", "TXT010", "表中名称为“卫生健康支出”"),
        ("；其他收入0.67万元，占0.06%", "", "TXT007", "“其他收入”"),
        ("生活补助；公用经费", "奖励金；公用经费", "TXT011", "写了表中为零的“奖励金”，漏写“生活补助”"),
        ("2024年度支出合计", "2023年度支出合计", "TXT023", "写“2023年”"),
        ("一是2024年我部门", "一是204年我部门", "TXT023", "写“204年”，本年度为 2024 年，多写或少写了数字"),
        ("2024年度支出合计", "20244年度支出合计", "TXT023", "写“20244年”"),
        ("调研交流来访", "XX来访", "TXT022", "“XX”没有填写"),
        ("退休3人，调入", "退休X人，调入", "TXT022", "“X”没有填写"),
        ("占99.94%；其他", "占比99.49%；其他", "TXT002", "应为 99.94%"),
        ("年初预算为900.63万元，支出决算为900.81", "年初预算900.63万元，支出决算900.18", "TXT001", "应为 900.81万元"),
        ("团组1个、来宾8人次", "团组0个、来宾8人次", "TXT025", "应同时有数或同时为零"),
        ("人员经费778.71万元", "人员经费778.17万元", "TXT001", "应为 778.71万元"),
        ("共有车辆0辆", "共有车辆1辆", "TXT017", "应为 0"),
        ("完成预算的93.82%。本项目", "完成预算的93.81%。本项目", "TXT021", "应为 93.82%"),
        ("自评结果为94.67分", "自评结果为94.76分", "TXT024", "应为 94.67分"),
        ("执行数为187.63万元，完成", "执行数为178.63万元，完成", "TXT024", "应为 178.63万元"),
        ("；公用经费14.96万元", "；公用经费14.97万元", "TXT001", "应为 14.96万元"),
        ("我部门2024年度没有政府性基金收入", "我部门2024年度有政府性基金收入", "", ""),
        ("完成年初预算的92.27%。决算数与年初预算数存在差异的主要原因是2024年度人员调整及缴费基数调整，公务员医疗补助支出有所变动。",
         "完成年初预算的92.27%。", "TXT009", "没有写明原因"),
        ("7.卫生健康支出", "8.卫生健康支出", "TXT007", "应为“7”"),
        ("四、财政拨款收入支出决算", "三、财政拨款收入支出决算", "TXT032", "写“三”，按顺序应为“四”"),
        ("八、国有资本经营预算财政拨款支出", "九、国有资本经营预算财政拨款支出", "TXT032", "写“九”，按顺序应为“八”"),
    ],
)  # fmt: skip
def test_a_planted_mistake_is_found(before: str, after: str, rule: str, words: str) -> None:
    found = planted(before, after)
    if not rule:
        assert not found
        assert any("没有认出" in item.reason for item in proof_of(replaced(before, after)).not_checked)
        return
    about = [item for item in found if item.finding.rule == rule and words in item.finding.message]
    assert about, [item.finding.message for item in found]
    assert about[0].passage is not None
    assert about[0].passage.quote in "".join(replaced(before, after).split())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2024年度收、支总计均为", "2024年，我部门收、支总计为"),
        ("增长1.98%，主要原因是：", "增长1.98%。原因是"),
        ("2024年度收入合计", "2024年我部门收入合计"),
        ("1.一般公共服务支出（类）政府", "（1）一般公共服务支出（类）政府"),
        ("1.一般公共服务支出（类）政府", "①一般公共服务支出（类）政府"),
        ("财政拨款收入1,031.33万元，占", "财政拨款收入1,031.33万元，占比为"),
        ("没有政府性基金收入，也没有使用政府性基金安排的支出", "没有政府性基金预算财政拨款收支"),
        ("与上年度相比，财政拨款收、支总计各增加", "比上年财政拨款收、支总计均增加"),
    ],
)
def test_the_same_in_other_words_is_read_and_a_wrong_figure_in_it_found(before: str, after: str) -> None:
    text = replaced(before, after)
    assert said(proof_of(text)) == LEFT_IN_JIAOZUO
    assert len(proof_of(text).not_checked) == 1
    start = text.index(after)
    figure = re.compile(r"\d[\d,\s]*\.\d\d").search(text, start)
    assert figure
    wrong = f"{text[: figure.start()]}{(int(text[figure.start()]) + 1) % 10}{text[figure.start() + 1 :]}"
    assert said(proof_of(wrong)) > LEFT_IN_JIAOZUO


@pytest.mark.parametrize(
    ("before", "after", "rule", "level"),
    [
        ("2024年度收、支总计均为1,032.00万元", "2024年度收入总计1,302.00万元，支出总计1,032.00万元", "TXT001", "error"),
        ("与上年度相比，收、支总计各增加19.99", "收、支总计较上年减少19.99", "TXT004", "error"),
        ("占99.94%；其他", "占99.9%；其他", "TXT002", "warning"),
        ("占99.94%；其他", "占99.8%；其他", "TXT002", "error"),
        ("增加19.99万元，增长1.98%", "增加1,932.00万元，增长1.98%", "TXT005", "error"),
    ],
)
def test_other_wording_and_precision_are_judged_as_meant(before: str, after: str, rule: str, level: str) -> None:
    found = planted(before, after)
    assert (rule, level) in {(item.finding.rule, item.finding.level) for item in found}


@pytest.mark.parametrize("name", ["我单位", "本单位", "本部门"])
def test_a_unit_may_call_itself_otherwise(name: str) -> None:
    """What a unit that is no department publishes, of a county: as much is read of it."""
    text = (
        published()
        .replace("我部\n门", "我部门")
        .replace("我\n部门", "我部门")
        .replace("我部门", name)
        .replace("市级预算", "县级预算")
    )
    before, after = proof_of(published()), proof_of(text)
    assert said(after) == LEFT_IN_JIAOZUO
    assert (after.counts, after.not_checked) == (before.counts, before.not_checked)


def test_full_width_figures_and_figures_in_other_units_tell_nothing_false() -> None:
    wide = str.maketrans("0123456789.%,", "０１２３４５６７８９．％，")
    assert said(proof_of(published().translate(wide))) == LEFT_IN_JIAOZUO
    for shown in ("10,320,000.00元", "0.10亿元"):
        proof = proof_of(replaced("均为1,032.00万元", f"均为{shown}"))
        assert said(proof) == LEFT_IN_JIAOZUO
        assert any(shown in item.reason for item in proof.not_checked)


def test_a_name_nobody_declared_is_no_fault_of_the_program() -> None:
    book, given = with_supplement()
    text = "\n".join(item.text for item in write_narrative(Facts(declaration(), book, given)))
    proof = proof_of(text.replace("其他收入0.67万元", "其他.收入0.67万元"), given)
    assert any("其他.收入" in item.finding.message for item in proof.remarks)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("年初预算为900.63万元，支出决算为900.81万元", "年初安排900.63万元，当年决算900.81万元"),
        ("财政拨款收入1,031.33万元，占99.94%", "财政拨款收入1,031.33万元（99.94%）"),
        ("卫生健康（类）支出45.92万元，占4.45%", "卫生健康支出45.92万元（4.45%）"),
    ],
)
def test_an_item_in_unknown_words_is_not_called_missing_and_nothing_passes(before: str, after: str) -> None:
    proof = proof_of(replaced(before, after))
    assert said(proof) <= LEFT_IN_JIAOZUO
    assert len(proof.not_checked) > 1
    book, given = with_supplement()
    text = "\n".join(item.text for item in write_narrative(Facts(declaration(), book, given)))
    assert proof_of(text, given).verdict == "tail"
    proof = proof_of(text.replace(before, after), given)
    assert (proof.verdict, proof.reason) == ("warn", "有 1 项没有核对，列在最后，请自行核对")


def test_what_is_missing_is_told_without_internal_names() -> None:
    (found,) = planted("；其他收入0.67万元，占0.06%", "")
    assert "表中有“其他收入”，文字没有写到。" in found.finding.message


def test_a_section_told_twice_is_told_without_internal_names() -> None:
    text = flowing()
    start, end = (text.rindex(heading) for heading in ("二、收入决算情况说明", "三、支出决算情况说明"))
    found = said_new(text, text[:end] + text[start:end] + text[end:])
    assert {item.finding.rule for item in found} == {"TXT007"}
    assert [item.finding.message.partition("：")[2].partition("，")[0] for item in found] == [
        "“财政拨款收入”写了 2 次",
        "“其他收入”写了 2 次",
    ]


def test_numbers_of_sections_are_told_once_and_left_out_ones_only_where_nothing_stands_there() -> None:
    def numbered(change: Callable[[str], str]) -> list[str]:
        text = flowing()
        start = text.rindex("第三部分2024")
        found = proof_of(text[:start] + change(text[start:])).remarks
        return [item.passage.section[:1] for item in found if item.finding.rule == "TXT032" and item.passage]

    titles = [section.title for section in declaration().sections[6:]]

    def moved(text: str) -> str:
        for order, title in enumerate(titles, 8):
            text = text.replace(title, chinese_number(order) + title[title.index("、") :])
        return text

    assert numbered(moved) == ["七"]
    assert numbered(lambda text: moved(text).replace("八、政府性", "七、会议费情况说明本年没有。八、政府性")) == []
    assert numbered(lambda text: text.replace("二、收入决算情况说明", "收入的情况。")) == []


@pytest.mark.parametrize("part", ["第二部分2024年度部门决算情况说明", "2024年度部门决算情况说明"])
def test_the_contents_are_not_taken_for_the_sections(part: str) -> None:
    """A part with another number, or none; its sections stand in the contents before it."""
    body = published().rpartition("第三部分 2024年度部门决算情况说明")[2]
    body = body.replace("第四部分", "第三部分") if part.startswith("第") else body
    contents = "".join(section.title for section in declaration().sections)
    heads = (part, contents, "第三部分名词解释", "第四部分附件", part)
    assert said(proof_of("目录" + "".join(heads) + body)) == LEFT_IN_JIAOZUO


def test_an_item_told_twice_and_one_not_told_are_both_found() -> None:
    text = flowing()
    start, end = text.index("5.社会保障和就业支出（类）抚恤"), text.index("6.卫生健康支出（类）")
    item = text[start:end]
    assert "TXT026" in {one.finding.rule for one in proof_of(text.replace(item, "")).remarks}
    assert "TXT026" in {one.finding.rule for one in proof_of(text.replace(item, item + item)).remarks}


def test_a_table_with_amounts_is_not_said_to_have_none() -> None:
    cells = dict(BOOK.cells)
    key = ("state_capital", "total", "total")
    cells[key] = cells[key]._replace(fen=1_000_000)
    from juesuan.proofread.proof import proofread

    proof = proofread(document(published().splitlines()), BOOK.with_cells(cells), text_rules(), declaration())
    assert ("TXT012", "error", "八、国有资本经营预算财政拨款支出决算情况说明") in said(proof)


def test_most_figures_changed_in_their_last_digit_are_found() -> None:
    """Of 166 figures of the third part those are not found that are said once and stand in no table."""
    lines = published().splitlines()
    whole = document(lines)
    text = whole.compact
    start = text.rindex("第三部分2024")
    end = text.index("第四部分", start)
    figures = [match for match in re.finditer(r"\d[\d,]*(?:\.\d+)?", text) if start <= match.start() < end]
    proof = proof_of("\n".join(lines))
    known = {item.finding.message for item in proof.remarks}, {item.reason for item in proof.not_checked}
    unnoticed = []
    for match in figures:
        line = whole.line_at(match.end() - 1)
        places = [place for place, char in enumerate(lines[line]) if not char.isspace()]
        place = places[match.end() - 1 - whole.start_of(line)]
        digit = (int(lines[line][place]) + 1) % 10
        changed = [*lines[:line], f"{lines[line][:place]}{digit}{lines[line][place + 1 :]}", *lines[line + 1 :]]
        proof = proof_of("\n".join(changed))
        if ({item.finding.message for item in proof.remarks}, {item.reason for item in proof.not_checked}) == known:
            unnoticed.append(text[match.start() - 8 : match.end() + 2])
    assert len(figures) == 166
    assert sorted(unnoticed) == sorted(
        [
            *["员调整情况，退休3人，", "，退休3人，调入3人，"] * 3,  # 原因里的人数，账内无从核对
            "收、支总计各增加20.45万元",  # 差 0.01，增长率不变；有上年数时能查出
            "财政拨款支出增加20.45万元",
            "接待国内来访团组1个、",
            "访团组1个、来宾8人次",
            "设备（不含车辆）0台（",
            "。绩效评价得分为94.03分，",
        ]
    ), unnoticed


def test_the_command_tells_all_in_both_formats(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["proofread", str(TEXT), "--book", str(WORKBOOK)]) == 1
    assert "应为 1,034.62万元，相差 47.78万元。原文：“2024年度一般公共预算" in capsys.readouterr().out
    output = tmp_path / "结果.json"
    assert main(["proofread", str(TEXT), "--book", str(WORKBOOK), "--format", "json", "-o", str(output)]) == 1
    content = json.loads(output.read_text(encoding="utf-8"))
    require_published(content)
    (first, *_) = content["books"][0]["findings"]
    assert (first["rule"], first["expected"], first["line"]) == ("TXT008", "1034.62", 700)


@pytest.mark.parametrize(("said", "length"), [("1,032.00", 6000), ("99.94", 5000)])
def test_digits_without_end_are_no_figure(said: str, length: int) -> None:
    text = published().replace(said, "9" * length)
    assert proof_of(text).counts["not_checked"] > proof_of(published()).counts["not_checked"]


def test_last_years_workbook_is_used_without_this_years_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    last = year_before(tmp_path / "上年.xlsx")
    assert main(["proofread", str(TEXT), "--last-year", str(last)]) == 1
    out = capsys.readouterr().out
    assert "“收、支总计的增减额”写 19.99万元，按有关各数复算，应为 0.00万元" in out
    assert "“收、支总计的增减率”写 1.98%，按有关各数复算，应为 0.00%" in out
    assert "没有上年工作簿" not in out
    assert main(["proofread", str(TEXT), "--last-year", str(last), "-o", str(last)]) == 2
    assert "未写" in capsys.readouterr().err


PDF_OF_NO_SIZE = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 /x 842]>>endobj
trailer<</Root 1 0 R>>
"""


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("说明.doc", b"x", "不是能读的文字稿"),
        ("说明.txt", b"", "空文件"),
        ("说明.txt", "通知：明天放假。".encode(), "没有认出情况说明"),
        ("说明.docx", b"PK", "打不开"),
        ("说明.pdf", b"%PDF-1.4", "打不开"),
        ("说明.pdf", PDF_OF_NO_SIZE, "打不开"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_and_code_2(
    name: str, data: bytes, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if name.endswith((".docx", ".pdf")):
        pytest.importorskip("docx" if name.endswith(".docx") else "pdfplumber")
    path = tmp_path / name
    path.write_bytes(data)
    assert main(["proofread", str(path), "--book", str(WORKBOOK)]) == 2
    assert words in capsys.readouterr().err


def test_word_comments_stand_on_the_figures_they_speak_of(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    word = docx.Document()
    text = flowing()
    start = text.rindex("第三部分2024")
    for paragraph in re.split(r"(?<=[。])|(?=第三部分2024)", text[start : text.index("第四部分", start)]):
        word.add_paragraph(paragraph.replace("占23.03%", "占23.30%"))
    path, annotated = tmp_path / "说明.docx", tmp_path / "说明-核对.docx"
    word.save(str(path))
    before = path.read_bytes()
    assert main(["proofread", str(path), "--book", str(WORKBOOK), "--annotate", str(annotated)]) == 1
    assert path.read_bytes() == before
    copy = docx.Document(str(annotated))
    assert [item.text for item in copy.paragraphs] == [item.text for item in word.paragraphs]
    comments = {item.comment_id: item.text for item in copy.comments}
    (number,) = [number for number, text in comments.items() if "TXT002" in text]
    marked = [paragraph for paragraph in copy.paragraphs if f'commentRangeStart w:id="{number}"' in paragraph._p.xml]
    assert "占23.30%" in marked[0].text
    body = marked[0]._p.xml
    inside = body[body.index(f'commentRangeStart w:id="{number}"') : body.index(f'commentRangeEnd w:id="{number}"')]
    assert re.findall(r"<w:t[^>]*>([^<]*)</w:t>", inside) == ["23.30"]


def test_the_rules_of_texts_cover_the_source_catalogue() -> None:
    covered = {source for rule in text_rules() for source in rule.catalogue}
    sections = {1: 4, 2: 3, 3: 2, 4: 1, 5: 7, 6: 2, 7: 1, 8: 1, 9: 3, 10: 1, 11: 2, 12: 1, 13: 4, 14: 1}
    narrative = {f"N{section:02d}{order + 1:02d}" for section, count in sections.items() for order in range(count)}
    assert covered >= {*narrative, *(f"P{number:02d}" for number in range(1, 12))}
    assert EDITION.id == "henan-2024"


def test_a_change_that_may_go_either_way_may_be_nothing() -> None:
    assert [_sizes(*ends) for ends in ((-50, 30), (-50, -30), (30, 50))] == [(0, 50), (30, 50), (30, 50)]
