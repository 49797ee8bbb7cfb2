"""Film and sound become what every browser plays."""

import time
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import pytest

from submissions.media import Limits
from submissions.media.processors.ffmpeg import Facts, parse, probe
from submissions.media.processors.film import fits
from submissions.media.processors.task import Task
from tests.submissions.media.samples import ffmpeg, film, photo


def facts_of(path: Path) -> Facts:
    """What ffmpeg says about a rendition."""
    exe = imageio_ffmpeg.get_ffmpeg_exe()
    task = Task(path, "video/mp4", deadline=time.monotonic() + 60, limits=Limits(), words={}, ffmpeg=exe)
    return probe(task, path, "mov")


def test_a_film_that_browsers_play_is_copied_without_what_the_camera_added(preview, tmp_path):
    place = ["-metadata", "location=+47.0+008.0/", "-metadata", "artist=Ada Teacher"]
    source = film(tmp_path / "a.mp4", "-c:a", "aac", *place)
    assert b"Ada Teacher" in source.read_bytes()

    made = preview(source, "video/mp4")

    video, poster, thumb = made.previews
    assert [each.kind for each in made.previews] == ["video", "poster", "thumb"]
    assert (video.content_type, video.width, video.height) == ("video/mp4", 320, 180)
    assert (poster.width, poster.height, thumb.content_type) == (320, 180, "image/webp")
    assert made.seconds == pytest.approx(2, abs=0.2)
    content = video.path.read_bytes()
    assert not any(secret in content for secret in (b"Ada", b"+47.0", b"x264 - core"))
    assert content.index(b"moov") < content.index(b"mdat")
    facts = facts_of(video.path)
    assert (facts.video, facts.audio, facts.rate) == ("h264", "aac", 10)
    assert made.note == ""


def test_a_film_of_an_iphone_held_upright_becomes_h264_that_stands(preview, tmp_path):
    lying = film(
        tmp_path / "lying.mov",
        *("-c:v", "libx265", "-x265-params", "log-level=none", "-tag:v", "hvc1", "-pix_fmt", "yuv420p10le"),
    )
    source = tmp_path / "upright.mov"
    ffmpeg("-display_rotation", "90", "-i", str(lying), "-c", "copy", str(source))

    video = preview(source, "video/quicktime").previews[0]

    facts = facts_of(video.path)
    assert (facts.video, facts.audio, facts.plain_layout) == ("h264", "aac", True)
    assert (video.width, video.height) == (facts.width, facts.height) == (180, 320)


def test_a_large_and_fast_film_of_a_browser_is_made_smaller_and_slower(preview, tmp_path):
    vp8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus")
    source = film(tmp_path / "a.webm", *vp8, size="1280x960", rate=50, seconds=0.2)

    video = preview(source, "video/webm").previews[0]

    facts = facts_of(video.path)
    assert (facts.width, facts.height, facts.rate, facts.audio) == (960, 720, 30, "aac")


def test_a_film_without_sound_is_a_film(preview, tmp_path):
    made = preview(film(tmp_path / "a.mp4", sound=False, rate=60, seconds=0.5), "video/mp4")

    assert facts_of(made.previews[0].path).audio == ""
    assert made.note == ""


def test_the_start_of_a_film_that_was_cut_off_is_kept_and_the_rest_is_named(preview, tmp_path):
    for name, options in (("copied", []), ("converted", ["-pix_fmt", "yuv444p"])):
        whole = film(tmp_path / f"{name}.mp4", *options, "-movflags", "+faststart", "-g", "5", seconds=6).read_bytes()

        made = preview(whole[: len(whole) * 6 // 10], "video/mp4")

        assert 1 < made.seconds < 5
        assert made.note == f"The end is missing: only 0:0{int(made.seconds)} of 0:06 could be read."
        for each in made.previews:
            each.path.unlink()


def test_a_film_whose_index_is_missing_cannot_be_shown(refusal, tmp_path):
    whole = film(tmp_path / "a.mp4").read_bytes()

    assert refusal(whole[: len(whole) // 2], "video/mp4") == "the end of this file is missing."


@pytest.mark.parametrize(("end", "content_type"), [("mp3", "audio/mpeg"), ("m4a", "audio/mp4"), ("wav", "audio/wav")])
def test_sound_becomes_aac_without_cover_and_names(preview, tmp_path, end, content_type):
    source = tmp_path / f"a.{end}"
    cover = tmp_path / "cover.jpg"
    cover.write_bytes(photo())
    covered = ["-i", str(cover), "-map", "0", "-map", "1", "-disposition:v", "attached_pic", "-c:v", "copy"]
    ffmpeg("-f", "lavfi", "-i", "sine=d=2", *(covered if end != "wav" else []), "-metadata", "artist=Ada", str(source))

    made = preview(source, content_type)

    (audio,) = made.previews
    assert (audio.kind, audio.content_type, audio.width) == ("audio", "audio/mp4", 0)
    assert made.seconds == pytest.approx(2, abs=0.2)
    assert not any(secret in audio.path.read_bytes() for secret in (b"Ada", b"SecretCam"))
    facts = facts_of(audio.path)
    assert (facts.audio, facts.video) == ("aac", "")


def test_sound_that_calls_itself_a_video_and_the_other_way_round(refusal, tmp_path):
    ffmpeg("-f", "lavfi", "-i", "sine=d=1", str(tmp_path / "a.mp4"))
    silent = film(tmp_path / "b.mp4", sound=False, seconds=0.5)

    assert refusal(tmp_path / "a.mp4", "video/mp4") == "this video has no picture."
    assert refusal(silent, "audio/mp4") == "this recording has no sound."


def test_a_title_cannot_pass_for_a_stream():
    said = (
        "Input #0, mov, from 'file:x':\n  Metadata:\n    title           : x\n"
        "                    :   Stream #0:7: Video: h264 (High), yuv420p, 64x64, 25 fps\n"
        "    Duration: 00:00:01.00, \n"
        "  Duration: 01:02:03.50, start: 0.000000, bitrate: 264 kb/s\n"
        "  Stream #0:0[0x1](und): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, mono, fltp, 69 kb/s (default)\n"
        "  Stream #0:1[0x2]: Video: mjpeg, yuvj420p(pc), 80x40, 90k tbr (attached pic)\n"
        "  Stream #0:2(eng): Video: hevc (Main 10) (hvc1 / 0x31637668), yuv420p10le(tv, progressive), "
        "3840x2160 [SAR 1:1 DAR 16:9], 55 kb/s, 59.94 fps, 60 tbr, 15360 tbn (default)\n"
    )

    assert parse(said) == Facts(3723.5, "hevc", "aac", 3840, 2160, 59.94, False)
    assert parse("  Duration: N/A, start: 0.0, bitrate: N/A\n") == Facts(None, "", "")


@pytest.mark.parametrize(
    ("change", "plays"),
    [
        ({}, True),
        ({"width": 720, "height": 1280}, True),
        ({"audio": ""}, True),
        ({"width": 1920, "height": 1080}, False),
        ({"video": "hevc"}, False),
        ({"audio": "opus"}, False),
        ({"rate": 59.94}, False),
        ({"rate": 0}, False),
        ({"plain_layout": False}, False),
    ],
)
def test_only_streams_that_every_browser_plays_are_copied(change, plays):
    facts = Facts(1, "h264", "aac", width=1280, height=720, rate=30, plain_layout=True)

    assert fits(replace(facts, **change)) is plays
