"""The wheel holds all that the program needs: installed elsewhere, the main job runs from it."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and install it in an environment of its own; give its scripts folder.

    The dependencies are those of the running environment; what is tested is our own package.
    """
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "--wheel-dir", str(folder), str(ROOT)],
        check=True,
    )  # fmt: skip
    place = folder / "env"
    venv.create(place, with_pip=False)
    site = next((place / "lib").glob("python*")) / "site-packages"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
         "--target", str(site), str(next(folder.glob("*.whl")))],
        check=True,
    )  # fmt: skip
    own = next(path for path in sys.path if path.endswith("site-packages"))
    # Only the libraries: the editable install's own path file must not lead back to the checkout.
    libraries = folder / "libraries"
    libraries.mkdir()
    for entry in Path(own).iterdir():
        if "dutygraph" not in entry.name and entry.suffix != ".pth":
            (libraries / entry.name).symlink_to(entry)
    (site / "libraries.pth").write_text(f"{libraries}\n", encoding="utf-8")
    return place / "bin"


def _python(
    installed: Path, folder: Path, program: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(installed / "python"), "-c", program, *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_installed_package_does_the_main_job(installed: Path, tmp_path: Path) -> None:
    done = _python(installed, tmp_path, "from dutygraph.cli.main import main; main()", "demo")
    assert done.returncode == 0, done.stderr
    assert "2014 年，截至 as of 2014-12-10" in done.stdout
    assert (tmp_path / ".dutygraph" / "graph").is_dir()


def test_the_installed_package_has_its_artefacts_in_itself(installed: Path, tmp_path: Path) -> None:
    code = "from dutygraph import artefacts; print(artefacts.room('shapes'))"
    shown = _python(installed, tmp_path, code)
    assert "site-packages" in shown.stdout, shown.stderr
    assert str(ROOT) not in shown.stdout


def test_the_installed_package_has_its_pages(installed: Path, tmp_path: Path) -> None:
    code = (
        "from webapp import create_app\n"
        "app = create_app({'STORE': 'none'})\n"
        "print(app.test_client().get('/regulation/art9').status_code)\n"
    )
    shown = _python(installed, tmp_path, code)
    assert shown.stdout.split() == ["200"], shown.stderr
