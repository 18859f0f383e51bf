"""Too little is not believed, and the same again is nothing new."""

from tests.desk import GOOD, HEADER, VISITS, Desk, held, nothing_changes

# Too little, too often


def test_a_header_without_rows_is_an_empty_table_the_first_time(new_desk: Desk) -> None:
    new_desk.deliver(HEADER)
    account = new_desk.ingest()
    assert (account.status, account.read, account.current) == ("unchanged", 0, 0)
    assert account.messages == ["customer.csv has a header and no rows"]
    new_desk.deliver(GOOD)
    assert new_desk.ingest().admitted == 4


def test_a_header_without_rows_later_would_delete_everything_and_is_held(desk: Desk) -> None:
    desk.deliver(HEADER)
    held(desk, "the extract would delete 4 of 4 records", "largest_drop")


def test_a_suspicious_drop_is_held_until_a_person_believes_it(desk: Desk) -> None:
    desk.deliver(GOOD.splitlines(keepends=True)[0] + "1,Ada,1815-12-10,10\n")
    held(desk, "the extract would delete 3 of 4 records, more than the share that is believed (50%)")
    desk.reconfigure('file = "customer.csv"', 'file = "customer.csv"\nlargest_drop = 0.8')
    account = desk.ingest()
    assert (account.deleted, account.current) == (3, 1)
    assert set(desk.records()) == {1}


def test_a_drop_that_is_believed_deletes(desk: Desk) -> None:
    desk.deliver(HEADER + "1,Ada,1815-12-10,10\n2,Alan,1912-06-23,5\n")
    account = desk.ingest()
    assert (account.status, account.deleted, account.current) == ("landed", 2, 2)
    assert set(desk.records()) == {1, 2}


def test_the_same_file_again_is_nothing_new(desk: Desk) -> None:
    desk.deliver(GOOD)
    with nothing_changes(desk):
        account = desk.ingest()
    assert (account.status, account.read, account.unchanged, account.current) == ("unchanged", 4, 4, 4)
    assert "the same file as before" in account.messages[0]


def test_the_same_file_with_refused_rows_again_is_nothing_new(desk: Desk) -> None:
    desk.deliver(GOOD + "5,Ken,1943-02-04,-1\n")
    first = desk.ingest()
    with nothing_changes(desk):
        again = desk.ingest()
    assert (first.read, first.quarantined, first.unchanged) == (5, 1, 4)
    assert (again.read, again.quarantined, again.unchanged) == (5, 1, 4)


def test_a_delta_file_delivered_again_under_another_name_is_taken_in_once(desk: Desk) -> None:
    desk.deliver("id,op,note\n1,U,changed\n", "visits/2025-01-02.csv")
    assert desk.ingest("visit").admitted == 1
    desk.deliver(VISITS, "visits/2025-01-03.csv")
    with nothing_changes(desk, "visit"):
        account = desk.ingest("visit")
    assert account.status == "unchanged"
    assert account.messages == ["visits/2025-01-03.csv is a duplicate of visits/2025-01-01.csv: nothing to take in"]
    assert desk.records("visit")[1][2] == "changed"


def test_a_bad_delta_file_holds_what_comes_after_it_and_keeps_what_came_before(desk: Desk) -> None:
    desk.deliver("id,op,note\n3,U,good\n", "visits/2025-01-02.csv")
    bad = desk.deliver("id,note\n1,bad\n", "visits/2025-01-03.csv")
    desk.deliver("id,op,note\n1,D,\n", "visits/2025-01-04.csv")
    account = desk.ingest("visit")
    assert account.status == "held"
    assert "2025-01-03.csv: column op is missing" in account.messages[-1]
    assert set(desk.records("visit")) == {1, 2, 3}
    bad.write_text("id,op,note\n1,U,mended\n", encoding="utf-8")
    assert desk.ingest("visit").admitted == 2
    assert set(desk.records("visit")) == {2, 3}
