"""Jobs: kept for every process, gone on with once, failed when their process died."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from dutygraph.records.faults import Place, Wording, fault
from dutygraph.records.job import Asked, Job, Progress, Upload
from dutygraph.records.jobs import JobError, Jobs
from dutygraph.records.locks import Held, hold

ASKED = Asked((Upload("甲.json", 2, "0" * 64),), replaced="3f2a", by="王某")


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    return Jobs(tmp_path / "jobs")


def ready(jobs: Jobs, seal: str = "s") -> Job:
    job, held = jobs.add("check", ASKED, [b"{}"])
    jobs.finish(job.id, "ready", {"seal": seal}, [])
    held.release()
    return jobs[job.id]


def test_a_job_is_kept_as_it_was_asked_for_every_process(jobs: Jobs) -> None:
    job, held = jobs.add("check", ASKED, [b"{}"])
    other = Jobs(jobs.folder)
    assert other[job.id] == job
    assert (job.asked, job.state, job.stage) == (ASKED, "running", "check")
    assert [(one.name, one.content) for one in other.sources(job)] == [("甲.json", b"{}")]
    jobs.tell(job.id, Progress(Wording("读", "reading"), 3, None))
    assert other[job.id].progress == Progress(Wording("读", "reading"), 3, None)
    held.release()


def test_looking_for_jobs_makes_no_folder(jobs: Jobs) -> None:
    assert jobs.recent(5) == []
    jobs.sweep()
    with pytest.raises(KeyError):
        jobs["x"]
    assert not jobs.folder.exists()


def test_a_job_whose_process_died_has_failed_with_what_it_knew(jobs: Jobs) -> None:
    job, held = jobs.add("check", ASKED, [b"{}"])
    assert jobs[job.id].state == "running"
    held.release()
    assert jobs[job.id].state == "failed"
    assert jobs[job.id].told == {"died": True}
    jobs.explain(job.id, "why")
    jobs.explain(job.id, "why else")
    assert jobs[job.id].told == {"reason": "why"}
    again = jobs.begin(job.id, "check", ["failed"], "")
    assert jobs[job.id].state == "running"
    again.release()


def test_of_two_who_confirm_the_same_one_goes_on(jobs: Jobs) -> None:
    job = ready(jobs)
    outcomes: list[Held | None] = []

    def confirm() -> None:
        try:
            outcomes.append(jobs.begin(job.id, "commit", ["ready"], "s"))
        except JobError:
            outcomes.append(None)

    threads = [threading.Thread(target=confirm) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    held = [one for one in outcomes if one is not None]
    assert (len(outcomes), len(held)) == (4, 1)
    assert (jobs[job.id].stage, jobs[job.id].state) == ("commit", "running")
    held[0].release()


def test_only_what_was_seen_can_be_confirmed(jobs: Jobs) -> None:
    job = ready(jobs, seal="as seen")
    for among, seen in ((["ready"], "another"), (["failed"], "as seen")):
        with pytest.raises(JobError, match="请重新载入"):
            jobs.begin(job.id, "commit", among, seen)  # type: ignore[arg-type]
    jobs.begin(job.id, "commit", ["ready"], "as seen").release()


def test_a_process_that_is_about_to_end_is_waited_for(jobs: Jobs) -> None:
    job, held = jobs.add("check", ASKED, [b"{}"])
    jobs.finish(job.id, "ready", {"seal": "s"}, [])
    threading.Timer(0.2, held.release).start()
    jobs.begin(job.id, "commit", ["ready"], "s").release()


def test_what_somebody_is_going_on_with_is_not_thrown_away(jobs: Jobs) -> None:
    job = ready(jobs)
    held = hold(jobs.folder / job.id / "lock")

    def go_on() -> None:
        jobs.finish(job.id, "done", {"import": "3f2a"})
        held.release()

    threading.Timer(0.2, go_on).start()
    with pytest.raises(JobError):
        jobs.discard(job.id)
    assert (jobs[job.id].state, jobs[job.id].told) == ("done", {"import": "3f2a"})


def test_a_job_whose_folder_is_gone_can_still_be_discarded(jobs: Jobs) -> None:
    job = ready(jobs)
    shutil.rmtree(jobs.folder / job.id)
    jobs.discard(job.id)
    assert jobs[job.id].state == "discarded"


def test_faults_are_given_some_at_a_time_and_by_severity(jobs: Jobs) -> None:
    job, held = jobs.add("check", ASKED, [b"{}"])
    errors = [fault("no-rows", Place("甲.json", row=number)) for number in range(1, 6)]
    warning = fault("unknown-column", Place("甲.json", "units", 9), "列", seen="列")
    found = [*errors[:2], warning, *errors[2:]]
    jobs.finish(job.id, "refused", {}, found)
    held.release()
    assert [one["row"] for one in jobs.faults(job.id, None, 1, 3)] == [2, 9, 3]
    kinds = {one.severity for one in found}
    for kind in kinds:
        told = jobs.faults(job.id, kind, 0, 50)
        assert [one["row"] for one in told] == [
            one.place.row for one in found if one.severity == kind
        ]
    jobs.finish(job.id, "ready", {}, [])
    assert jobs.faults(job.id, None, 0, 50) == []


def test_files_are_thrown_away_when_they_are_in_or_not_wanted_any_more(jobs: Jobs) -> None:
    job, other = ready(jobs), ready(jobs)
    jobs.discard(job.id)
    jobs.finish(other.id, "done", {})
    for one, state in ((job, "discarded"), (other, "done")):
        assert jobs[one.id].state == state
        with pytest.raises(OSError, match="file-0"):
            list(jobs.sources(one))
        with pytest.raises(JobError):
            jobs.discard(one.id)


def test_uploads_that_nobody_confirms_give_way_to_newer_ones(jobs: Jobs) -> None:
    some = [ready(jobs) for _ in range(10)]
    states = [jobs[one.id].state for one in some]
    # The newest came when nine waited; eight of these stayed.
    assert states == ["discarded"] + ["ready"] * 9
    assert [one.id for one in jobs.recent(3)] == [one.id for one in some[:-4:-1]]


def test_a_job_that_cannot_be_kept_leaves_nothing(jobs: Jobs) -> None:
    def broken() -> object:
        yield b"{}"
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        jobs.add("check", ASKED, broken())  # type: ignore[arg-type]
    assert jobs.recent(1) == []
    assert not list(jobs.folder.glob("*/file-0"))


def test_files_of_no_job_are_thrown_away_when_the_site_starts(jobs: Jobs) -> None:
    kept = ready(jobs)
    for name, has_lock in (("dead", True), ("just-made", False)):
        (jobs.folder / name).mkdir()
        (jobs.folder / name / "file-0").touch()
        if has_lock:
            (jobs.folder / name / "lock").touch()
    working = hold(jobs.folder / "working" / "lock")
    jobs.sweep()
    working.release()
    folders = {place.name for place in jobs.folder.iterdir() if place.is_dir()}
    assert folders == {kept.id, "just-made", "working"}
    assert [one.content for one in jobs.sources(kept)] == [b"{}"]
