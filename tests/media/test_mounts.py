import os
from pathlib import Path

import pytest

from media import mounts

TABLE = rb"""22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 %(own)s / / rw,relatime - ext4 /dev/vda rw,discard
50 27 0:50 / /nas/with\040blank rw,relatime shared:1 - nfs4 nas:/export rw,vers=4.2
51 27 0:51 / /nas/hidden rw - cifs //nas/old rw
52 27 0:52 / /nas/hidden rw - ext4 /dev/loop1 rw
53 27 0:53 / /media/card rw - fuse.exfat /dev/sdb1 rw
54 27 0:54 / /media/phone rw - fuse.sshfs phone:/ rw
55 27 0:55 / /media/back\134slash rw - fuse /back rw
56 27 0:56 /sub /layered rw - overlay overlay rw,lowerdir=/a
a line that is none
"""


@pytest.fixture
def table(tmp_path: Path) -> list[mounts.Mount]:
    device = os.stat(tmp_path).st_dev  # noqa: PTH116
    path = tmp_path / "mountinfo"
    own = f"{os.major(device)}:{os.minor(device)}".encode()
    path.write_bytes(TABLE % {b"own": own})
    return mounts.table(path)


def test_the_table_is_read_and_its_escapes_undone(table: list[mounts.Mount]) -> None:
    assert [mount.point for mount in table if mount.kind in ("nfs4", "fuse")] == [
        "/nas/with blank", "/media/back\\slash",
    ]  # fmt: skip
    assert table[2] == mounts.Mount("/nas/with blank", "nfs4", "nas:/export", "/", (0, 50))


def test_where_the_kernel_does_not_tell_of_all_changes(table: list[mounts.Mount]) -> None:
    silent = {mount.kind for mount in table if mount.silent}
    assert silent == {"nfs4", "cifs", "fuse.sshfs", "fuse", "overlay"}
    assert not next(mount for mount in table if mount.kind == "overlay").shared


def test_mounts_below_a_folder_are_found_and_a_hidden_one_is_not(
    table: list[mounts.Mount],
) -> None:
    assert [mount.kind for mount in mounts.within(Path("/nas"), table)] == ["nfs4", "ext4"]
    assert mounts.within(Path("/nas/with blank"), table) == []


def test_a_folder_is_on_the_mount_that_its_device_names(
    table: list[mounts.Mount], tmp_path: Path
) -> None:
    over = mounts.Mount(str(tmp_path), "nfs", "nas:/a", "/", (0, 99))  # since unmounted
    assert mounts.under(tmp_path, [*table, over]).kind == "ext4"
    assert mounts.under(tmp_path, [over]).kind == "nfs"


def test_a_folder_that_is_not_there_has_no_mount(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        mounts.under(tmp_path / "gone")


def test_the_mounts_of_this_machine_are_read(tmp_path: Path) -> None:
    assert mounts.under(tmp_path).kind != "unknown"
    changes = mounts.Changes()
    assert not changes.any()
    changes.close()
