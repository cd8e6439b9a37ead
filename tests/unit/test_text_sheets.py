"""Which links lead to one sheet."""

import pytest

from reconciler.text.sheets import sheet_of

GOOGLE = "https://docs.google.com/spreadsheets/d/1AbC-d_E/edit"
SHORT = "https://1drv.ms/x/s!AbC"
BY_ID = "https://onedrive.live.com/edit.aspx?resid=ABC!123&id=1"
BY_GUID = "https://clinic.sharepoint.com/sites/x/_layouts/15/Doc.aspx?sourcedoc=%7BA-B%7D"


@pytest.mark.parametrize(
    ("link", "other"),
    [
        (GOOGLE, f"{GOOGLE}?usp=sharing"),
        (GOOGLE, f"{GOOGLE}#gid=0"),
        (GOOGLE, f"{GOOGLE}?gid=0#gid=0"),
        (GOOGLE, "https://docs.google.com/spreadsheets/d/1AbC-d_E"),
        (GOOGLE, "https://docs.google.com/spreadsheets/u/0/d/1AbC-d_E/view"),
        (GOOGLE, "https://docs.google.com/a/clinic.example/spreadsheets/d/1AbC-d_E/copy"),
        (GOOGLE, "https://drive.google.com/open?id=1AbC-d_E&usp=drive"),
        (GOOGLE, "https://drive.google.com/file/d/1AbC-d_E/view"),
        (SHORT, f" {SHORT}/ "),
        (SHORT, f"{SHORT}#gid=0"),
        (SHORT, "HTTPS://WWW.1DRV.MS:443//x/s%21AbC"),
        (SHORT, "1drv.ms/x/s!AbC"),
        (BY_ID, "https://onedrive.live.com/view.aspx?cid=9&ResID=abc!123"),
        (BY_GUID, BY_GUID.replace("Doc.aspx", "WopiFrame.aspx") + "&action=default"),
    ],
)
def test_s1_one_sheet_has_many_links(link: str, other: str) -> None:
    """A tab, a way of sharing, what is to be done, how a host and a path are written."""
    assert sheet_of(link) == sheet_of(other)


@pytest.mark.parametrize(
    ("link", "other"),
    [
        (GOOGLE, GOOGLE.replace("1AbC", "1abc")),
        (SHORT, SHORT.replace("AbC", "abc")),
        (BY_ID, BY_ID.replace("123", "124")),
        (BY_GUID, BY_GUID.replace("A-B", "A-C")),
        ("https://docs.google.com/spreadsheets/d/e/2PACX-1/pub", GOOGLE.replace("1AbC-d_E", "e")),
        ("https://sheets.example/x?id=1", "https://sheets.example/y?id=1"),
        ("https://[1drv.ms/x", "https://[1drv.ms/y"),
    ],
)
def test_two_sheets_are_two(link: str, other: str) -> None:
    """What names a document counts, in the path or in the query; also where a link is broken."""
    assert sheet_of(link) != sheet_of(other)
