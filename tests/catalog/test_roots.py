from pathlib import Path

import pytest
from sqlmodel import Session

from catalog import roots
from catalog.models import Item, Kind, Root, Story

ELSEWHERE = "nfs4 nas:/export /"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "drop"
    path.mkdir()
    return path


def know(session: Session, folder: Path, mark: bool = True) -> None:
    roots.remember(session, "drop", folder, roots.mark(folder) if mark else "")
    session.commit()


def on_another_mount(session: Session) -> None:
    """As if the folder had been seen on a share, and this is its mount point."""
    root = session.get_one(Root, "drop")
    root.origin = ELSEWHERE
    session.add(root)
    session.commit()


def taken(session: Session, folder: Path) -> Path:
    path = folder / "a.fountain"
    path.write_text("INT.")
    story = Story(name="story", created_at=0)
    session.add(story)
    session.commit()
    found = path.stat()
    item = Item(
        root="drop", path=path.name, size=found.st_size, mtime_ns=found.st_mtime_ns,
        kind=Kind.SCRIPT, story_id=story.id or 0, accepted_at=0,
    )  # fmt: skip
    session.add(item)
    session.commit()
    return path


def test_a_folder_that_was_never_seen_is_welcome(session: Session, folder: Path) -> None:
    assert roots.trouble(session, "drop", folder) == ""


def test_a_folder_of_which_nothing_was_taken_is_welcome(session: Session, folder: Path) -> None:
    know(session, folder)
    on_another_mount(session)
    (folder / roots.MARKER).unlink()
    (folder / "new.fountain").touch()
    assert roots.trouble(session, "drop", folder) == ""


def test_a_bare_mount_point_is_not_the_folder_though_nothing_was_taken_yet(
    session: Session, folder: Path
) -> None:
    know(session, folder)
    on_another_mount(session)
    (folder / roots.MARKER).unlink()
    assert "it is empty, and has no marker" in roots.trouble(session, "drop", folder)


def test_an_empty_mount_point_is_not_the_folder(session: Session, folder: Path) -> None:
    taken(session, folder).unlink()
    know(session, folder)
    on_another_mount(session)
    (folder / roots.MARKER).unlink()
    why = roots.trouble(session, "drop", folder)
    assert "is empty, and has no marker" in why
    assert ELSEWHERE in why
    assert roots.MARKER in why


def test_its_marker_is_enough_wherever_it_is_mounted(session: Session, folder: Path) -> None:
    taken(session, folder).unlink()
    know(session, folder)
    on_another_mount(session)
    assert roots.trouble(session, "drop", folder) == ""


def test_without_a_marker_a_known_file_is_enough(session: Session, folder: Path) -> None:
    taken(session, folder)
    know(session, folder, mark=False)
    on_another_mount(session)
    assert roots.trouble(session, "drop", folder) == ""
    (folder / "a.fountain").write_text("INT. HOUSE")
    assert "holds no file that was taken" in roots.trouble(session, "drop", folder)


def test_without_a_marker_its_mount_is_enough(session: Session, folder: Path) -> None:
    taken(session, folder).unlink()
    know(session, folder, mark=False)
    assert roots.trouble(session, "drop", folder) == ""


def test_the_marker_of_another_folder_is_not_enough(session: Session, folder: Path) -> None:
    taken(session, folder).unlink()
    know(session, folder)
    (folder / roots.MARKER).write_text("another\n")
    assert "is another folder's" in roots.trouble(session, "drop", folder)


def test_a_person_can_say_that_it_is_the_folder(session: Session, folder: Path) -> None:
    taken(session, folder).unlink()
    know(session, folder)
    on_another_mount(session)
    (folder / roots.MARKER).write_text("")
    assert roots.trouble(session, "drop", folder) == ""
    assert roots.mark(folder) == roots.read_marker(folder) != ""


def test_a_folder_that_is_marked_keeps_its_marker(session: Session, folder: Path) -> None:
    assert roots.mark(folder) == roots.mark(folder)


def test_a_folder_that_is_not_there_is_an_error(session: Session, folder: Path) -> None:
    folder.rmdir()
    with pytest.raises(FileNotFoundError):
        roots.trouble(session, "drop", folder)


def test_trouble_is_kept_for_people_with_its_beginning(session: Session, folder: Path) -> None:
    roots.tell(session, "drop", "it is gone", "")
    session.commit()
    since = session.get_one(Root, "drop").since
    roots.tell(session, "drop", "it is gone", "")
    session.commit()
    [root] = roots.all_roots(session)
    assert (root.trouble, root.since) == ("it is gone", since)
    assert roots.trouble(session, "drop", folder) == ""  # never recognised: it is welcome


def test_a_root_that_was_watched_is_known_before_anybody_opens_the_catalog(
    session: Session, folder: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'catalog.db'}"
    assert not roots.was_watched(url, "drop")
    know(session, folder)
    assert roots.was_watched(url, "drop")
    assert not roots.was_watched(f"sqlite:///{tmp_path / 'none.db'}", "drop")
    assert not (tmp_path / "none.db").exists()
