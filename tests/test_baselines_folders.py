"""Finding baselines: by id or by path, in the user's own folder before the shipped one."""

import pytest

from auditor.baselines import baseline_folders, find_baseline, list_baselines, load_baseline, locate_baselines
from auditor.errors import BaselineError
from auditor.shipped import shipped_folder

TEXT = """\
id: {id}
version: {version}
title: Mine
vendor: We
purpose: To try
source: Somewhere
read_on: 2026-11-21
requirements:
  - {{permission: LIST_ACCOUNT, label: Accounts, level: Full}}
"""


@pytest.fixture
def own(tmp_path):
    """A folder with a baseline of its own, one that stands in for a shipped one, and things that are none."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "mine.yaml").write_text(TEXT.format(id="mine", version="1.0.0"))
    (folder / "other-name.yml").write_text(TEXT.format(id="expensify-integration", version="own"))
    (folder / "schema.json").write_text("{}")
    (folder / "README.md").write_text("# Ours")
    return folder


def message(call, *arguments):
    with pytest.raises(BaselineError) as caught:
        call(*arguments)
    return str(caught.value)


def test_without_a_folder_of_ones_own_only_the_shipped_one_is_searched(own):
    shipped = shipped_folder("baselines")
    assert baseline_folders(None) == (shipped,)
    assert baseline_folders(own) == (own, shipped)


def test_the_list_is_sorted_by_id_and_ones_own_file_wins_over_the_shipped_one(own):
    listed = list_baselines(baseline_folders(own))
    ids = [baseline.id for baseline in listed]
    assert ids == sorted({baseline.id for baseline in list_baselines(baseline_folders(None))} | {"mine"})
    assert next(baseline.version for baseline in listed if baseline.id == "expensify-integration") == "own"
    paths = {baseline.id: path for path, baseline in locate_baselines(baseline_folders(own))}
    assert paths["expensify-integration"] == own / "other-name.yml"
    assert paths["soldo"] == shipped_folder("baselines") / "soldo.yaml"


def test_an_id_finds_ones_own_file_first_and_then_the_shipped_one(own):
    folders = baseline_folders(own)
    assert find_baseline("expensify-integration", folders).version == "own"
    assert find_baseline("expensify-integration", baseline_folders(None)).version == "2026.11.1"
    assert find_baseline("soldo", folders).vendor == "Soldo"


def test_a_path_finds_that_file_and_its_name_is_kept(own):
    found = find_baseline(str(own / "mine.yaml"), ())
    assert found == load_baseline(own / "mine.yaml")
    assert (found.id, found.file) == ("mine", "mine.yaml")


def test_a_path_needs_no_suffix_once_it_has_a_slash(own):
    plain = own / "plain"
    (own / "mine.yaml").rename(plain)
    assert find_baseline(str(plain), ()).file == "plain"


def test_an_unknown_id_is_told_with_the_likeliest_one_and_all_others(own):
    told = message(find_baseline, "expensify-integratoin", baseline_folders(own))
    assert told.startswith(
        "There is no baseline 'expensify-integratoin'. Did you mean 'expensify-integration'? "
        "The known ones are airbyte, "
    )
    assert "mine" in told
    assert told.endswith("A file of your own is named by its path, such as ./mine.yaml.")


def test_the_problems_of_all_files_of_a_folder_are_told_at_once(own):
    (own / "a.yaml").write_text("id: a")
    (own / "b.yaml").write_text(TEXT.format(id="b", version="1"))
    told = message(list_baselines, baseline_folders(own)).splitlines()
    assert f"{own}/a.yaml:1:1: The baseline lacks 'version'." in told
    assert told[-1] == f"{own}/b.yaml:2:10: 'version' is read as a number. Put it in quotes: '1'."


def test_a_wrong_file_beside_it_hides_no_baseline_silently_and_stops_the_search(own):
    (own / "a.yaml").write_text("id: soldo")
    assert "a.yaml:1:1: The baseline lacks" in message(find_baseline, "soldo", baseline_folders(own))


def test_two_files_of_one_id_in_one_folder_are_told_with_both_names(own):
    (own / "z.yaml").write_text(TEXT.format(id="mine", version="2.0.0"))
    assert message(list_baselines, baseline_folders(own)) == (
        f"{own}/z.yaml:1:1: The id 'mine' is that of mine.yaml too. Change one."
    )


def test_a_folder_that_is_not_there_is_told(tmp_path):
    told = message(list_baselines, baseline_folders(tmp_path / "no"))
    assert told == (
        f"The baselines folder {tmp_path}/no cannot be read: No such file or directory. "
        "Name a folder of baseline files."
    )


def test_a_file_that_cannot_be_read_is_told_with_the_reason(tmp_path):
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    assert message(load_baseline, tmp_path / "no.yaml") == f"{tmp_path}/no.yaml: There is no such file."
    assert message(load_baseline, tmp_path) == (
        f"{tmp_path}: This is a folder. Name the files in it, such as {tmp_path}/*.yaml."
    )
    assert message(load_baseline, loop) == f"{loop}: The file cannot be read: Too many levels of symbolic links."
